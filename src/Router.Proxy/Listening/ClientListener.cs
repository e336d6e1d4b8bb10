using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Router.Proxy.Manners;
using Router.Proxy.Routing;
using Router.Proxy.Sessions;
using Router.Transport;

namespace Router.Proxy.Listening;

/// <summary>
/// One listening address. Owner of its sessions: it knows them all, asks them to finish at shutdown, and awaits the end of
/// the last one.
/// </summary>
internal sealed class ClientListener
{
    private readonly ConcurrentDictionary<ClientSession, bool> _sessions = new();
    private readonly ListenerKind _kind;
    private readonly RelayOptions _relay;
    private readonly SessionServices _services;
    private readonly ClientLimit _sockets;
    private readonly Action<ClientSession> _onEnded;
    private TaskCompletionSource? _isEmpty;
    private ITransportListener? _listener;
    private volatile bool _isDraining;

    public ClientListener(ListenerKind kind, RelayOptions relay, SessionServices services, ClientLimit sockets)
    {
        _kind = kind;
        _relay = relay;
        _services = services;
        _sockets = sockets;
        _onEnded = OnEnded;
    }

    public ListenerKind Kind => _kind;

    public IEnumerable<ClientSession> Sessions => _sessions.Keys;

    /// <summary>Begins to accept; returns the address, with the port that the system chose where 0 was asked.</summary>
    /// <param name="inherited">Listens there already; null: nobody does.</param>
    /// <exception cref="TransportException">The address cannot be bound.</exception>
    public EndPoint Listen(ITransport transport, EndPoint endPoint, Socket? inherited)
    {
        var now = _services.Options.Now;
        var options = new ListenOptions(now.ListenBacklog, now.ReusePort, now.UnixSocketMode, inherited);
        _listener = transport.Listen(endPoint, options, OnAccepted);
        _listener.IsShared = inherited is not null;
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

    public Socket? Socket => _listener?.Socket;

    /// <summary>Whether another process listens there too: then this one, when it stops, leaves the address to it.</summary>
    public void Share(bool isShared) => _listener?.IsShared = isShared;

    /// <summary>
    /// Accepts whoever is there: of two processes at one socket the kernel tells one that somebody has come, and that may have
    /// been the one that was just leaving.
    /// </summary>
    public void LookAgain()
    {
        _listener?.Pause(true);
        _listener?.Pause(false);
    }

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
            var isEmpty = _isEmpty;
            if (isEmpty is null or { Task.IsCompleted: true })
            {
                var fresh = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                isEmpty = Interlocked.CompareExchange(ref _isEmpty, fresh, isEmpty) == isEmpty ? fresh : _isEmpty!;
            }

            // Looked at again: the last one may have ended before it could know that somebody waits.
            if (!_sessions.IsEmpty)
            {
                await isEmpty.Task;
            }
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

        // It is among the sessions before anything of it runs.
        var session = new ClientSession(connection, _kind, _relay, _services, _onEnded);
        _sessions[session] = true;
        if (_isDraining)
        {
            session.Finish();
        }

        session.Begin();
    }

    private void OnEnded(ClientSession session)
    {
        _sessions.TryRemove(session, out _);
        _services.Counters.SessionEnded(session.BytesFromClient, session.BytesFromBackend);
        _sockets.Leave();
        if (Volatile.Read(ref _isEmpty) is { } isEmpty && _sessions.IsEmpty)
        {
            isEmpty.TrySetResult();
        }
    }
}
