using System.Net;
using Router.Testing.Proxy;
using Router.Testing.Wire;

namespace Router.Proxy.Tests.Wire;

/// <summary>A way to PostgreSQL: a proxy of its own, and on both sides of it bytes that come in pieces.</summary>
internal sealed class PostgresRoute : IAsyncDisposable
{
    private readonly ChunkingRelay _relay;
    private readonly ProxyHarness _proxy;

    public PostgresRoute(ProxyOptions options, Chunking chunking, IPEndPoint server)
    {
        _relay = new ChunkingRelay(server, chunking);
        _proxy = new ProxyHarness(options);
        _proxy.Views.PublishPrimary("a", _relay.Port);
    }

    public WireStage Stage => new(_proxy.ConnectAsync);

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _relay.DisposeAsync();
    }
}
