using System.Net;
using System.Net.Sockets;

namespace Router.Testing.Proxy;

/// <summary>A PostgreSQL server whose every byte the test decides: it hands out the connections as they come.</summary>
public sealed class BackendScript : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<WirePeer> _accepted = [];

    public BackendScript()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>The next connection that the proxy opens.</summary>
    /// <param name="declinesTls">As a server without a certificate; else the test answers.</param>
    public async Task<WirePeer> AcceptAsync(bool declinesTls = true)
    {
        var peer = new WirePeer(await _listener.AcceptAsync().WaitAsync(Bound), declinesTls);
        peer.Socket.NoDelay = true;
        _accepted.Add(peer);
        return peer;
    }

    /// <summary>Takes the next connection and logs it in.</summary>
    public async Task<WirePeer> AcceptLoginAsync(int processId = 4711, byte[]? key = null)
    {
        var peer = await AcceptAsync();
        _ = await peer.AcceptLoginAsync(processId, key);
        return peer;
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var peer in _accepted)
        {
            peer.Dispose();
        }
    }
}
