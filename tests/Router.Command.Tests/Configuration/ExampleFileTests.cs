using System.Text.RegularExpressions;
using Router.Configuration;
using Router.Configuration.Agent;
using Router.Configuration.Proxy;
using Router.Configuration.Yaml;

namespace Router.Command.Tests.Configuration;

/// <summary>The files under config/ are what users copy: they load, and the examples show every key and no other.</summary>
public sealed partial class ExampleFileTests
{
    private readonly Findings _findings = new();

    [Theory]
    [InlineData("patroni.yml")]
    [InlineData("patroni.example.yml")]
    public void Agents_file_loads_without_a_warning(string name)
    {
        var none = new Dictionary<string, string>();
        Assert.NotNull(PatroniYaml.Load(Repository.ConfigurationFile(name), none, _findings));
        Assert.DoesNotContain(_findings.All, finding => finding.Severity != FindingSeverity.Notice);
    }

    [Theory]
    [InlineData("router.yml")]
    [InlineData("router.example.yml")]
    public void Proxys_file_loads_without_a_word(string name)
    {
        Assert.NotNull(RouterYaml.Load(Repository.ConfigurationFile(name), _findings));
        Assert.Empty(_findings.All);
    }

    [Fact]
    public void Every_key_of_the_agent_is_in_its_example_and_every_key_there_is_known()
    {
        var (_, root) = PatroniYaml.Read(Uncommented("patroni.example.yml"), _findings);
        AssertDocumented(root, "patroni.example.yml", without: path => path.StartsWith("etcd.", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_key_of_the_proxy_is_in_its_example_and_every_key_there_is_known()
    {
        var (_, root) = RouterYaml.Read(Uncommented("router.example.yml"), _findings);
        AssertDocumented(root, "router.example.yml", without: path => path.StartsWith("etcd.", StringComparison.Ordinal));
    }

    [Fact]
    public void Defaults_that_the_proxys_example_shows_are_the_defaults()
    {
        var shown = RouterYaml.Load(Repository.ConfigurationFile("router.example.yml"), _findings)!.Proxy;
        var byDefault = RouterYaml.Load(Repository.ConfigurationFile("router.yml"), _findings)!.Proxy;
        Assert.Equal(
            byDefault with { PrimaryListen = [], ReplicaListen = [] }, shown with { PrimaryListen = [], ReplicaListen = [] });
    }

    /// <summary>The keys that the reader asks for, against the keys that the file shows.</summary>
    private void AssertDocumented(Section root, string name, Func<string, bool> without)
    {
        Assert.DoesNotContain(_findings.All, finding => finding.Sentence.StartsWith("unknown key", StringComparison.Ordinal));
        var shown = Paths(Uncommented(name), "").ToHashSet();
        Assert.Empty(root.KnownPaths().Where(path => !without(path)).Except(shown).Order());
    }

    private static IEnumerable<string> Paths(YamlMapping mapping, string prefix) => mapping.Entries.SelectMany(entry =>
        entry.Value is YamlMapping nested
            ? Paths(nested, $"{prefix}{entry.Key}.").Append(prefix + entry.Key)
            : [prefix + entry.Key]);

    /// <summary>The example with the settings that are off by default switched on.</summary>
    private YamlMapping Uncommented(string name)
    {
        var text = File.ReadAllText(Repository.ConfigurationFile(name));
        return YamlReader.Read(name, SettingThatIsOff().Replace(text, "$1$2"), _findings)!;
    }

    [GeneratedRegex("^( *)#([a-z_0-9]+:)", RegexOptions.Multiline)]
    private static partial Regex SettingThatIsOff();
}
