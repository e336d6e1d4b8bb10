using Router.Configuration;
using Router.Configuration.Agent;
using Router.Configuration.Yaml;

namespace Router.Command.Tests.Configuration.Agent;

public sealed class PatroniEnvironmentTests
{
    private readonly Findings _findings = new();

    [Theory]
    [InlineData("PATRONI_NAME", "a", """{"name":"a"}""")]
    [InlineData("PATRONI_RESTAPI_LISTEN", "*:1", """{"restapi":{"listen":"*:1"}}""")]
    [InlineData("PATRONI_RESTAPI_USERNAME", "u", """{"restapi":{"authentication":{"username":"u"}}}""")]
    [InlineData("PATRONI_POSTGRESQL_BIN_DIR", "/b", """{"postgresql":{"bin_dir":"/b"}}""")]
    [InlineData("PATRONI_POSTGRESQL_BIN_PG_CTL", "c", """{"postgresql":{"bin_name":{"pg_ctl":"c"}}}""")]
    [InlineData("PATRONI_SUPERUSER_PASSWORD", "p",
        """{"postgresql":{"authentication":{"superuser":{"password":"p"}}}}""")]
    [InlineData("PATRONI_ETCD3_HOSTS", "a:1,b:2", """{"etcd3":{"hosts":["a:1","b:2"]}}""")]
    [InlineData("PATRONI_ETCD_HOSTS", "- a:1\n- b:2", """{"etcd":{"hosts":["a:1","b:2"]}}""")]
    [InlineData("PATRONI_RESTAPI_ALLOWLIST", "[a, b]", """{"restapi":{"allowlist":["a","b"]}}""")]
    [InlineData("PATRONI_RESTAPI_HTTP_EXTRA_HEADERS", "X-A: b", """{"restapi":{"http_extra_headers":{"X-A":"b"}}}""")]
    [InlineData("PATRONI_NAME", "", "{}")]
    [InlineData("OTHER_NAME", "a", "{}")]
    public void Variable_stands_for_its_key(string name, string text, string json)
    {
        Assert.Equal(json, YamlTypes.ToJson(Read((name, text))));
        Assert.Empty(_findings.All);
    }

    [Fact]
    public void Unknown_variable_is_named()
    {
        Read(("PATRONI_FROBNICATE", "1"));
        Assert.Equal(
            "environment PATRONI_FROBNICATE: warning: no setting has this name; ignored",
            Assert.Single(_findings.All).ToString());
    }

    [Fact]
    public void Error_in_a_variable_names_the_variable()
    {
        var overlay = Read(("PATRONI_POSTGRESQL_CONNECT_ADDRESS", "here:there"));
        PatroniYaml.Read(overlay, _findings);
        Assert.Contains(_findings.All, finding => finding.ToString().StartsWith(
            "environment PATRONI_POSTGRESQL_CONNECT_ADDRESS: postgresql.connect_address: 'here:there' does not fit",
            StringComparison.Ordinal));
    }

    [Fact]
    public void Environment_wins_over_the_file()
    {
        var file = YamlReader.Read("f.yml", "name: a\nscope: s\n", _findings)!;
        Assert.Equal("""{"name":"b","scope":"s"}""", YamlTypes.ToJson(file.Under(Read(("PATRONI_NAME", "b")))));
    }

    private YamlMapping Read(params (string Name, string Text)[] variables) =>
        PatroniEnvironment.Read(variables.ToDictionary(pair => pair.Name, pair => pair.Text), _findings);
}
