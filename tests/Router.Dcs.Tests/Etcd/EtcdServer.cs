using Router.Testing;

namespace Router.Dcs.Tests.Etcd;

/// <summary>One etcd member for the tests of a class.</summary>
public sealed class EtcdServer : IAsyncLifetime
{
    private EtcdServers? _servers;
    private int _scopes;

    public EtcdServers Servers => _servers ?? throw new InvalidOperationException("InitializeAsync has not run.");

    /// <summary>A scope that no other test uses.</summary>
    public string NextScope() => $"scope{Interlocked.Increment(ref _scopes)}";

    public async Task InitializeAsync() => _servers = await EtcdServers.StartAsync();

    public async Task DisposeAsync() => await Servers.DisposeAsync();
}
