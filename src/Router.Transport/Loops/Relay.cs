using System.Threading.Tasks.Sources;

namespace Router.Transport.Loops;

/// <summary>
/// Two directions between two connections, driven by their events: no async machinery and no allocation per chunk. The
/// object itself is used again by its loop, so that a relay per transaction costs nothing either.
/// </summary>
/// <remarks>
/// Neither direction ever waits for the other: each reads while it may hold, and pauses alone. When sending to one side
/// fails, the other direction goes on until that side's last bytes are read: a backend that dies says why first.
/// </remarks>
internal sealed class Relay : IValueTaskSource<RelayEnd>
{
    private readonly Loop _loop;
    private readonly RelayDirection _fromClient;
    private readonly RelayDirection _fromBackend;
    private Completion<RelayEnd> _completion;
    private CancellationToken _aborted;
    private CancellationTokenRegistration _registration;
    private IRelayOwner? _owner;
    private RelayEnd? _end;
    private RelayEnd? _pendingEnd;

    public Relay(Loop loop)
    {
        _loop = loop;
        _fromClient = new RelayDirection(
            this, loop, RelayEnd.ClientClosed, RelayEnd.ClientFailed, RelayEnd.BackendFailed, RelayEnd.StoppedByClientFilter);
        _fromBackend = new RelayDirection(
            this, loop, RelayEnd.BackendClosed, RelayEnd.BackendFailed, RelayEnd.ClientFailed, RelayEnd.StoppedByBackendFilter);
    }

    public bool IsRunning { get; private set; }

    public ValueTask<RelayEnd> StartAsync(
        StreamConnection client,
        StreamConnection backend,
        IRelayFilter fromClient,
        IRelayFilter fromBackend,
        RelayOptions options,
        CancellationToken aborted)
    {
        Attach(client, backend, fromClient, fromBackend, options);
        if (aborted.IsCancellationRequested)
        {
            End(RelayEnd.Aborted);
        }
        else
        {
            Watch(aborted);
            Begin();
        }

        if (_end is { } end)
        {
            _loop.Return(this);
            return new ValueTask<RelayEnd>(end);
        }

        return new ValueTask<RelayEnd>(this, _completion.Version);
    }

    /// <summary>Null while it runs: then the owner is told.</summary>
    public RelayEnd? Start(
        StreamConnection client,
        StreamConnection backend,
        IRelayFilter fromClient,
        IRelayFilter fromBackend,
        RelayOptions options,
        IRelayOwner owner)
    {
        Attach(client, backend, fromClient, fromBackend, options);
        Begin();
        if (_end is { } end)
        {
            _loop.Return(this);
            return end;
        }

        _owner = owner;
        return null;
    }

    public RelayEnd GetResult(short token)
    {
        var end = _completion.GetResult(token);
        _loop.Return(this);
        return end;
    }

    public ValueTaskSourceStatus GetStatus(short token) => _completion.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _completion.OnCompleted(continuation, state, token, flags, _loop);

    /// <summary>Ends the relay; the caller must not touch it afterwards, for it may already serve another pair.</summary>
    internal void End(RelayEnd end)
    {
        if (!IsRunning)
        {
            return;
        }

        IsRunning = false;
        _ = _registration.Unregister();
        _registration = default;
        _aborted = default;
        _fromClient.Detach();
        _fromBackend.Detach();
        var how = _pendingEnd ?? end;
        _end = how;
        if (_owner is { } owner)
        {
            _owner = null;
            _loop.Return(this);
            owner.OnRelayEnded(how);
        }
        else
        {
            _completion.Complete(how);
        }
    }

    /// <summary>Sending to one side failed: the relay ends so, once that side's last bytes have been passed on.</summary>
    internal void EndAfterLastBytes(RelayEnd end)
    {
        _pendingEnd ??= end;
        if (_fromClient.IsBroken && _fromBackend.IsBroken)
        {
            End(end);
        }
    }

    /// <summary>A direction has passed something on; false where that has ended the relay.</summary>
    internal bool OnMoved(RelayDirection direction)
    {
        var turn = _completion.Version;
        (direction == _fromClient ? _fromBackend : _fromClient).OnOtherMoved();
        return IsRunning && turn == _completion.Version;
    }

    internal void OnClosed(StreamConnection connection) =>
        End(connection == _fromClient.Source ? RelayEnd.ClientFailed : RelayEnd.BackendFailed);

    private void Attach(
        StreamConnection client,
        StreamConnection backend,
        IRelayFilter fromClient,
        IRelayFilter fromBackend,
        RelayOptions options)
    {
        RequireFree(client);
        RequireFree(backend);
        _completion.Reset();
        _end = null;
        _pendingEnd = null;
        IsRunning = true;
        _fromClient.Attach(client, backend, fromClient, options);
        _fromBackend.Attach(backend, client, fromBackend, options);
    }

    private void Begin()
    {
        // What was written before goes out before what is relayed.
        _fromClient.Source.SendHeld();
        _fromBackend.Source.SendHeld();
        _fromClient.Pump();
        _fromBackend.Pump();
    }

    private static void RequireFree(StreamConnection connection)
    {
        if (connection.AsSource is not null || connection.IsReadPending || connection.IsWritePending
            || connection.IsShutdown)
        {
            throw new InvalidOperationException(
                "a connection with a pending read, write or relay, or with its output completed, cannot be relayed");
        }
    }

    private void Watch(CancellationToken aborted)
    {
        if (!aborted.CanBeCanceled)
        {
            return;
        }

        _aborted = aborted;
        _registration = aborted.UnsafeRegister(
            static state =>
            {
                var relay = (Relay)state!;
                relay._loop.Post(static state => ((Relay)state!).OnAborted(), relay);
            },
            this);
    }

    private void OnAborted()
    {
        // The relay may have ended meanwhile, and serve others: then this token is not theirs.
        if (IsRunning && _aborted.IsCancellationRequested)
        {
            End(RelayEnd.Aborted);
        }
    }
}
