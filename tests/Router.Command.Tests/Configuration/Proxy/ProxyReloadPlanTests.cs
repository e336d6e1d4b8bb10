using Router.Configuration;
using Router.Configuration.Proxy;
using Router.Configuration.Yaml;

namespace Router.Command.Tests.Configuration.Proxy;

public sealed class ProxyReloadPlanTests
{
    private const string Base = """
        scope: main
        etcd3: {host: "10.0.0.5:2379"}
        listen: {primary: "*:6432", replica: "*:6433"}
        probe: {username: router}
        http: {listen: "127.0.0.1:8080"}
        hold_timeout: 60s

        """;

    private readonly ProxyConfiguration _inForce = Read(Base);

    [Theory]
    [InlineData("scope: main", "scope: other", "scope")]
    [InlineData("scope: main", "scope: main\nnamespace: /db", "namespace")]
    [InlineData("10.0.0.5", "10.0.0.6", "etcd3")]
    [InlineData("*:6432", "*:6434", "listen.primary")]
    [InlineData("*:6433", "*:6434", "listen.replica")]
    [InlineData("127.0.0.1:8080", "127.0.0.1:8081", "http.listen")]
    [InlineData("probe: {username: router}", "", "probe")]
    [InlineData("scope: main", "scope: main\nloops: 2", "loops")]
    [InlineData("scope: main", "scope: main\nlisten_backlog: 5", "listen_backlog")]
    [InlineData("scope: main", "scope: main\nso_reuseport: on", "so_reuseport")]
    [InlineData("scope: main", "scope: main\nunix_socket_mode: 0700", "unix_socket_mode")]
    [InlineData("scope: main", "scope: main\nrelay_held_max: 64kB", "relay_held_max")]
    [InlineData("scope: main", "scope: main\ntcp_keepidle: 5", "tcp_keepidle")]
    [InlineData("scope: main", "scope: main\ntcp_user_timeout: 5", "tcp_user_timeout")]
    [InlineData("scope: main", "scope: main\npool_mode: session\nauth_type: trust", "pool_mode")]
    [InlineData("scope: main", "scope: main\nlog: {type: json}", "log.type")]
    public void What_only_a_restart_changes_is_named_and_stays(string part, string changed, string setting)
    {
        var plan = ProxyReloadPlan.Of(_inForce, Read(Base.Replace(part, changed, StringComparison.Ordinal)));

        Assert.Equal([setting], plan.NeedsRestart);
        Assert.Equal(_inForce.Proxy, plan.Effective.Proxy with
        {
            PrimaryListen = _inForce.Proxy.PrimaryListen,
            ReplicaListen = _inForce.Proxy.ReplicaListen,
        });
        Assert.Equal(_inForce.Proxy.PrimaryListen, plan.Effective.Proxy.PrimaryListen);
        Assert.Equal(_inForce.Proxy.ReplicaListen, plan.Effective.Proxy.ReplicaListen);
        Assert.Equal(
            (_inForce.Scope, _inForce.Namespace, _inForce.HttpListen, _inForce.Probe, _inForce.Loops, _inForce.Log),
            (plan.Effective.Scope, plan.Effective.Namespace, plan.Effective.HttpListen, plan.Effective.Probe,
                plan.Effective.Loops, plan.Effective.Log));
    }

    [Fact]
    public void Everything_else_is_in_force_at_once()
    {
        var written = Read(Base.Replace("60s", "5s", StringComparison.Ordinal).Replace("router", "other", StringComparison.Ordinal)
            + "max_client_conn: 5\nreplica_fallback_to_primary: off\nlog: {level: DEBUG}\nmembers: {insecure: on}\n");

        var plan = ProxyReloadPlan.Of(_inForce, written);

        Assert.Empty(plan.NeedsRestart);
        Assert.Equal(TimeSpan.FromSeconds(5), plan.Effective.Proxy.HoldTimeout);
        Assert.Equal(5, plan.Effective.Proxy.MaxClientConnections);
        Assert.False(plan.Effective.Proxy.ReplicaFallbackToPrimary);
        Assert.Equal("other", plan.Effective.Probe!.UserName);
        Assert.Equal((written.Log, written.Members), (plan.Effective.Log, plan.Effective.Members));
    }

    private static ProxyConfiguration Read(string text)
    {
        var findings = new Findings();
        return RouterYaml.Read(YamlReader.Read("r.yml", text, findings)!, findings).Configuration
            ?? throw new InvalidOperationException(string.Join('\n', findings.All));
    }
}
