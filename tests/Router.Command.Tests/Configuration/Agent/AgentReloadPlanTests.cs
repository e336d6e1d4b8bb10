using Router.Configuration;
using Router.Configuration.Agent;
using Router.Configuration.Yaml;

namespace Router.Command.Tests.Configuration.Agent;

public sealed class AgentReloadPlanTests
{
    private const string Base = """
        scope: main
        name: n1
        restapi: {listen: "0.0.0.0:8008", connect_address: "10.0.0.1:8008"}
        etcd3: {host: "10.0.0.5:2379"}
        postgresql:
          listen: 0.0.0.0:5432
          connect_address: 10.0.0.1:5432
          data_dir: /data
          authentication:
            superuser: {username: postgres, password: a}
            replication: {username: replicator, password: b}
          parameters: {work_mem: 4MB}

        """;

    private readonly AgentConfiguration _inForce = Read(Base);

    [Theory]
    [InlineData("scope: main", "scope: other", "scope")]
    [InlineData("name: n1", "name: n2", "name")]
    [InlineData("name: n1", "name: n1\nnamespace: /db", "namespace")]
    [InlineData("10.0.0.5", "10.0.0.6", "etcd3")]
    [InlineData("0.0.0.0:5432", "0.0.0.0:5433", "postgresql.listen")]
    [InlineData("0.0.0.0:5432", "127.0.0.1:5433", "postgresql.listen")]
    [InlineData("/data", "/data2", "postgresql.data_dir")]
    [InlineData("/data", "/data\n  bin_dir: /opt", "postgresql.bin_dir")]
    [InlineData("name: n1", "name: n1\nguard: {mode: off}", "guard.mode")]
    [InlineData("name: n1", "name: n1\nwatchdog: {mode: required}", "watchdog")]
    [InlineData("name: n1", "name: n1\nlog: {type: json}", "log.type")]
    [InlineData("/data", "/data\n  callbacks: {on_start: /bin/x}", "postgresql.callbacks")]
    public void What_only_a_restart_changes_is_named_and_stays(string part, string changed, string setting)
    {
        var plan = AgentReloadPlan.Of(_inForce, Read(Base.Replace(part, changed, StringComparison.Ordinal)));

        Assert.Equal([setting], plan.NeedsRestart);
        var effective = plan.Effective;
        Assert.Equal(
            (_inForce.Scope, _inForce.Name, _inForce.Namespace, _inForce.Guard, _inForce.Watchdog, _inForce.Log),
            (effective.Scope, effective.Name, effective.Namespace, effective.Guard, effective.Watchdog, effective.Log));
        Assert.Equal(_inForce.Postgres, effective.Postgres);
        Assert.Equal(_inForce.Etcd.Endpoints, effective.Etcd.Endpoints);
    }

    [Fact]
    public void Everything_else_is_in_force_at_once()
    {
        var written = Read(Base
            .Replace("4MB", "8MB", StringComparison.Ordinal)
            .Replace("password: a", "password: c", StringComparison.Ordinal)
            .Replace("10.0.0.1:8008", "10.0.0.2:8008", StringComparison.Ordinal)
            .Replace("\"10.0.0.5:2379\"", "\"10.0.0.5:2379\", username: u, password: p", StringComparison.Ordinal)
            + "tags: {nofailover: true}\nlog: {level: DEBUG}\nctl: {insecure: true}\n");

        var plan = AgentReloadPlan.Of(_inForce, written);

        Assert.Empty(plan.NeedsRestart);
        Assert.Equal(written.Postgres, plan.Effective.Postgres);
        Assert.Equal((written.Tags, written.Log, written.Ctl), (plan.Effective.Tags, plan.Effective.Log, plan.Effective.Ctl));
        Assert.Equal("u", plan.Effective.Etcd.UserName);
        Assert.Equal("10.0.0.2", plan.Effective.RestApiConnectAddress.Host);
    }

    [Fact]
    public void Same_file_changes_nothing() => Assert.Empty(AgentReloadPlan.Of(_inForce, Read(Base)).NeedsRestart);

    private static AgentConfiguration Read(string text)
    {
        var findings = new Findings();
        return PatroniYaml.Read(YamlReader.Read("p.yml", text, findings)!, findings).Configuration
            ?? throw new InvalidOperationException(string.Join('\n', findings.All));
    }
}
