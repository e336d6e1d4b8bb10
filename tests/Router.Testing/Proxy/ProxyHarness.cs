using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Router.Proxy;
using Router.Transport;

namespace Router.Testing.Proxy;

/// <summary>A running proxy on loopback, with a source of views in the test's hands.</summary>
public sealed class ProxyHarness : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _aborted = new();
    private readonly ConcurrentBag<WirePeer> _clients = [];
    private readonly ITransport _transport;
    private readonly Task _running;

    public ProxyHarness(ProxyOptions? options = null, int loops = 1, ILoggerFactory? loggers = null)
    {
        var loopback = new IPEndPoint(IPAddress.Loopback, 0);
        _transport = TransportFactory.Create(new TransportSettings { Loops = loops, SpreadAfter = 1 });
        Server = new ProxyServer(
            _transport,
            Views,
            Clock,
            (options ?? new ProxyOptions()) with { PrimaryListen = [loopback], ReplicaListen = [loopback] },
            TimeProvider.System,
            loggers ?? NullLoggerFactory.Instance);
        var bound = Server.Listen();
        (Primary, Replica) = ((IPEndPoint)bound[0], (IPEndPoint)bound[1]);
        _running = Server.RunAsync(_stopping.Token, _aborted.Token);
    }

    public ManualClusterViews Views { get; } = new();

    public ManualBootClock Clock { get; } = new();

    public ProxyServer Server { get; }

    /// <summary>The first of its loops.</summary>
    public IEventLoop Loop => _transport.Loops[0];

    /// <summary>Where clients of the primary connect.</summary>
    public IPEndPoint Primary { get; }

    /// <summary>Where clients of the replicas connect.</summary>
    public IPEndPoint Replica { get; }

    /// <summary>A client of the primary; it stays connected until the test or the harness is disposed of.</summary>
    public async Task<WirePeer> ConnectAsync()
    {
        // Kept here: what nobody refers to any more is finalized, and its socket closed in the middle of the test.
        var client = await WirePeer.ConnectAsync(Primary);
        _clients.Add(client);
        return client;
    }

    /// <summary>A session on the primary with both its ends: a logged-in client and the backend it got.</summary>
    public async Task<(WirePeer Client, WirePeer Backend)> OpenSessionAsync(BackendScript script)
    {
        ArgumentNullException.ThrowIfNull(script);
        var client = await ConnectAsync();
        var login = client.LogInAsync();
        var backend = await script.AcceptLoginAsync();
        _ = await login;
        return (client, backend);
    }

    /// <summary>Asks the proxy to stop; the task completes when it has.</summary>
    public Task StopAsync()
    {
        _stopping.Cancel();
        return _running.WaitAsync(Bound);
    }

    public async ValueTask DisposeAsync()
    {
        await _aborted.CancelAsync();
        await _running.WaitAsync(Bound);
        await _transport.DisposeAsync().AsTask().WaitAsync(Bound);
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        _aborted.Dispose();
        _stopping.Dispose();
    }
}
