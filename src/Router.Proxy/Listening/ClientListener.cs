using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Router.Proxy.Manners;
using Router.Proxy.Routing;
using Router.Proxy.Sessions;
using Router.Transport;

namespace Router.Proxy.Listening;

/// <summary>
/// One listening address. Owner of its sessions: it keeps each one's task, asks them to finish at shutdown, and awaits
/// them all.
/// </summary>
internal sealed class ClientListener
{
    private readonly ConcurrentDictionary<ClientSession, Task> _sessions = new();
    private readonly ListenerKind _kind;
    private readonly RelayOptions _relay;
    private readonly SessionServices _services;
    private readonly ClientLimit _sockets;
    private ITransportListener? _listener;
    private volatile bool _isDraining;

    public ClientListener(ListenerKind kind, RelayOptions relay, SessionServices services, ClientLimit sockets)
    {
        _kind = kind;
        _relay = relay;
        _services = services;
        _sockets = sockets;
    }

    public ListenerKind Kind => _kind;

    public IEnumerable<ClientSession> Sessions => _sessions.Keys;

    /// <summary>Begins to accept; returns the address, with the port that the system chose where 0 was asked.</summary>
    /// <exception cref="TransportException">The address cannot be bound.</exception>
    public EndPoint Listen(ITransport transport, EndPoint endPoint)
    {
        var now = _services.Options.Now;
        var options = new ListenOptions(now.ListenBacklog, now.ReusePort, now.UnixSocketMode);
        _listener = transport.Listen(endPoint, options, OnAccepted);
        if (now.Personality == Personality.PgBouncer)
        {
            var address = _listener.LocalEndPoint;
            ProxyLog.ListeningAsBouncer(
                _services.Logger, address is UnixDomainSocketEndPoint ? $"unix:{address}" : StartupWishes.AddressOf(address));
        }
        else
        {
            ProxyLog.Listening(_services.Logger, _listener.LocalEndPoint, _kind);
        }

        return _listener.LocalEndPoint;
    }

    /// <summary>Null before it listens.</summary>
    public EndPoint? LocalEndPoint => _listener?.LocalEndPoint;

    /// <summary>Stops accepting; the sessions go on.</summary>
    public async Task CloseAsync()
    {
        if (_listener is not null)
        {
            await _listener.DisposeAsync();
        }
    }

    /// <summary>Stops accepting and asks every session to finish when it is idle.</summary>
    public async Task StopAsync()
    {
        _isDraining = true;
        await CloseAsync();

        foreach (var session in _sessions.Keys)
        {
            session.Finish();
        }
    }

    public void CutAll()
    {
        foreach (var session in _sessions.Keys)
        {
            session.Cut(CutReason.ShuttingDown);
        }
    }

    /// <summary>Completes when no session is left.</summary>
    public async Task WhenEmptyAsync()
    {
        while (!_sessions.IsEmpty)
        {
            await Task.WhenAll(_sessions.Values);
        }
    }

    /// <summary>On the loop of the connection.</summary>
    private void OnAccepted(IConnection connection)
    {
        if (_isDraining || !_sockets.TryEnter())
        {
            connection.Abort();
            return;
        }

        var session = new ClientSession(connection, _kind, _relay, _services);
        _sessions[session] = ServeAsync(session);
    }

    private async Task ServeAsync(ClientSession session)
    {
        // Nothing of the session runs before it is among the sessions.
        await Task.Yield();
        if (_isDraining)
        {
            session.Finish();
        }

        await session.RunAsync();
        _sessions.TryRemove(session, out _);
        _services.Counters.SessionEnded(session.BytesFromClient, session.BytesFromBackend);
        _sockets.Leave();
    }
}
