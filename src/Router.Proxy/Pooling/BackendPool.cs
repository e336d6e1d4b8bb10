using System.Buffers;
using Router.Protocol;
using Router.Protocol.Messages;
using Router.Proxy.Routing;
using Router.Proxy.Sessions;
using Router.Transport;

namespace Router.Proxy.Pooling;

/// <summary>
/// The server connections of one loop for one database and user, and the sessions that wait for one. Owner of both: it
/// lends, takes back, opens and closes. Used on its loop only.
/// </summary>
/// <remarks>
/// Invariants. A connection is in exactly one place: idle here, lent to one session, being tested, or closed. Waiters are
/// served in the order in which they came; who comes while others wait waits behind them. Nothing is handed over from
/// within another hand-over, so that a chain of waiters never nests on the stack.
/// </remarks>
internal sealed class BackendPool
{
    private readonly PoolServices _services;
    private readonly PoolDirectory _directory;
    private readonly PoolGrowth _growth;
    private readonly BackendCleaner _cleaner;
    private readonly WaitDeadlines _deadlines;
    private readonly List<PooledBackend> _all = [];
    private readonly List<PooledBackend> _idle = [];
    private readonly LinkedList<PoolTicket> _waiters = new();
    private bool _isPumping;
    private bool _isPumpAsked;

    public BackendPool(PoolKey key, IEventLoop loop, PoolServices services, PoolDirectory directory)
    {
        Key = key;
        Loop = loop;
        _services = services;
        _directory = directory;
        _growth = new PoolGrowth(this, services, directory);
        _cleaner = new BackendCleaner(this, services);
        _deadlines = new WaitDeadlines(this, services);
        Welcome = new PoolWelcome();
    }

    public PoolKey Key { get; }

    public IEventLoop Loop { get; }

    /// <summary>What the pool's clients are greeted with.</summary>
    public PoolWelcome Welcome { get; }

    public IReadOnlyList<PooledBackend> Backends => _all;

    /// <summary>Who waits, in the order of coming.</summary>
    public IReadOnlyCollection<PoolTicket> Waiters => _waiters;

    public int IdleCount => _idle.Count;

    public int OpeningCount => _growth.Opening;

    public int WaitingCount => _waiters.Count;

    public PoolStats Stats { get; } = new();

    /// <summary>Sessions that use the pool, waiting or not.</summary>
    public HashSet<PooledSession> Clients { get; } = [];

    /// <summary>When the first in the queue began to wait, by the loop's clock; null where nobody waits.</summary>
    public long? OldestWait => _waiters.First?.Value.Since;

    private PoolOptions Options => _services.Options.Now.Pool!;

    private long Now => Loop.Time.GetTimestamp();

    /// <summary>A connection at once; null where the session must wait.</summary>
    public PooledBackend? TryTake(PoolTicket ticket) => _waiters.Count == 0 ? TakeIdle(ticket.Profile) : null;

    /// <summary>A place at the end of the queue, and what comes of it.</summary>
    public ValueTask<PoolAnswer> TakeAsync(PoolTicket ticket)
    {
        var wait = ticket.Signal.WaitAsync();
        Enqueue(ticket);
        return wait;
    }

    /// <summary>The same for a ticket whose holder is told; perhaps before this returns.</summary>
    public void Enqueue(PoolTicket ticket)
    {
        ticket.Since = Now;
        if (_growth.RefusalOf(ticket.Profile) is { } refusal)
        {
            ticket.Answer(new PoolAnswer(null, refusal));
        }
        else if (Options.QueryWaitMax is var max and > 0 && _waiters.Count >= max)
        {
            ticket.Answer(new PoolAnswer(null, ErrorResponse.Fatal(
                SqlState.TooManyConnections, "too many clients wait for a server connection (query_wait_max)")));
        }
        else
        {
            _waiters.AddLast(ticket.Node);
            Pump();
        }
    }

    /// <summary>The session does not want to wait any longer; nothing happens where it does not.</summary>
    public void Leave(PoolTicket ticket)
    {
        if (ticket.IsQueued)
        {
            _waiters.Remove(ticket.Node);
            ticket.Answer(default);
        }
    }

    /// <summary>Takes back a connection on which no request of a client is open.</summary>
    /// <param name="errands">
    /// What is to be said on it before another client gets it, in this order: the end of a transaction, a reset.
    /// </param>
    public void Return(PooledBackend backend, params ReadOnlySpan<string> errands)
    {
        // A cancel request under way must hit nobody else: the connection rests until it is over.
        var isReady = errands.IsEmpty && backend is { CancelsInFlight: 0, NeedsBarrier: false };
        backend.State = isReady ? PooledBackendState.Idle : PooledBackendState.Tested;
        if ((backend.CloseReason ?? Expired(backend)) is { } reason)
        {
            Close(backend, reason);
        }
        else if (isReady)
        {
            backend.IdleSince = Now;
            _idle.Add(backend);
            backend.Connection.Watch(backend);
            Pump();
        }
        else
        {
            backend.Errands = errands.ToArray();
            _cleaner.CleanWhenAlone(backend);
        }
    }

    /// <summary>A cancel request for a backend of this pool has been passed on or has failed.</summary>
    public void OnCancelEnded(PooledBackend backend)
    {
        backend.CancelsInFlight--;
        if (backend.State == PooledBackendState.Tested)
        {
            _cleaner.CleanWhenAlone(backend);
        }
    }

    public void Close(PooledBackend backend, string reason)
    {
        if (backend.State == PooledBackendState.Closed)
        {
            return;
        }

        ProxyLog.PooledBackendClosed(_services.Logger, Key.Database, Key.User, backend.Backend.Member.Name, reason);
        var isAtRest = backend.State != PooledBackendState.Active;
        backend.State = PooledBackendState.Closed;
        _all.Remove(backend);
        _idle.Remove(backend);
        _services.Budget.Release(Key, backend.Backend.Member.Name);
        if (isAtRest)
        {
            // PostgreSQL logs a connection that just ends as a fault.
            backend.Connection.Output.Write(BodilessMessage.Terminate);
        }

        _ = backend.Backend.DisposeAsync().AsTask();
        _directory.OnRoom();
    }

    /// <summary>Marks all connections; each is closed when it comes back, the idle ones at once.</summary>
    public void CloseWhenReturned(string reason, Func<PooledBackend, bool> isMeant)
    {
        foreach (var backend in _all.Where(isMeant).ToArray())
        {
            backend.CloseReason ??= reason;
            if (backend.State == PooledBackendState.Idle)
            {
                Close(backend, reason);
            }
        }
    }

    /// <summary>The cluster changed: idle connections of the past are closed, and who waits is looked at again.</summary>
    public void OnViewChanged()
    {
        // The newest one: the news of a change may come after the next change.
        var view = _services.Views.Current;
        CloseWhenReturned("the member's role changed", backend => IsStale(backend, view));
        _growth.OnClusterChanged();
        Pump();
    }

    /// <summary>An idle connection has something to say: a changed setting, a remark, or its end.</summary>
    public void OnReadable(PooledBackend backend)
    {
        if (backend.State == PooledBackendState.Idle)
        {
            _ = IsQuiet(backend);
        }
    }

    /// <summary>Everything that time brings: called some times a second.</summary>
    public void Tick()
    {
        var (now, options) = (Now, Options);
        Refuse(ticket => _deadlines.RefusalOf(ticket, now));
        foreach (var client in Clients)
        {
            client.Tick(options);
        }

        foreach (var backend in _idle.ToArray())
        {
            var isSpare = _all.Count > (Clients.Count > 0 ? options.MinPoolSize : 0);
            if (Expired(backend) is { } reason)
            {
                Close(backend, reason);
            }
            else if (isSpare && options.ServerIdleTimeout > TimeSpan.Zero
                && Loop.Time.GetElapsedTime(backend.IdleSince, now) >= options.ServerIdleTimeout)
            {
                Close(backend, "server_idle_timeout");
            }
        }

        OnRoom();
    }

    /// <summary>Closes the idle connection that rested longest; false where none is idle.</summary>
    public bool TryEvictIdle()
    {
        if (_idle.MinBy(static backend => backend.IdleSince) is { } oldest)
        {
            Close(oldest, "evicted");
            return true;
        }

        return false;
    }

    /// <summary>When the connection that rested longest began to; null where none is idle.</summary>
    public long? OldestIdle => _idle.Count == 0 ? null : _idle.Min(static backend => backend.IdleSince);

    /// <summary>Closes everything; who waits is refused.</summary>
    public void Shut(ErrorResponse refusal)
    {
        _growth.Stop();
        RefuseAll(profile: null, refusal);
        CloseWhenReturned("the pool is closed", static _ => true);
    }

    /// <summary>A connection has been opened.</summary>
    public void Add(PooledBackend backend)
    {
        _all.Add(backend);
        Welcome.Learn(backend.Parameters, backend.Profile);

        // The view may have moved on while it was being opened.
        backend.CloseReason = IsStale(backend, _services.Views.Current) ? "the member's role changed" : null;
        Return(backend);
    }

    /// <summary>Refuses everybody who waits with this profile; with any, where it is null.</summary>
    public void RefuseAll(StartupProfile? profile, ErrorResponse error) =>
        Refuse(ticket => profile is null || ticket.Profile.Equals(profile) ? error : null);

    /// <summary>A limit that kept the pool from opening may keep it no longer.</summary>
    public void OnRoom()
    {
        _growth.OnRoom();
        Pump();
    }

    /// <summary>Serves who waits with what is idle, and opens what is missing.</summary>
    public void Pump()
    {
        _isPumpAsked = true;
        if (_isPumping)
        {
            return;
        }

        _isPumping = true;
        try
        {
            while (_isPumpAsked)
            {
                _isPumpAsked = false;
                Lend();
                _growth.Grow();
            }
        }
        finally
        {
            _isPumping = false;
        }
    }

    private void Refuse(Func<PoolTicket, ErrorResponse?> why)
    {
        for (var node = _waiters.First; node is not null;)
        {
            var (ticket, next) = (node.Value, node.Next);
            if (why(ticket) is { } refusal)
            {
                _waiters.Remove(node);
                ticket.Answer(new PoolAnswer(null, refusal));
            }

            node = next;
        }
    }

    private void Lend()
    {
        while (_waiters.First is { } first && TakeIdle(first.Value.Profile) is { } backend)
        {
            _waiters.Remove(first);
            if (!first.Value.Answer(new PoolAnswer(backend, null)))
            {
                Return(backend);
            }
        }
    }

    /// <summary>An idle connection with this profile that works and may be used now; it is lent from here on.</summary>
    private PooledBackend? TakeIdle(StartupProfile profile)
    {
        var isRoundRobin = Options.RoundRobin;
        for (var left = _idle.Count; left > 0; left--)
        {
            var at = isRoundRobin ? _idle.Count - left : left - 1;
            if (at >= _idle.Count)
            {
                continue;
            }

            var backend = _idle[at];
            if (!backend.Profile.Equals(profile))
            {
                continue;
            }

            if (!_services.Gate.IsOpenFor(backend.Backend.Identity))
            {
                return null;
            }

            if (!IsQuiet(backend))
            {
                // It is closed, and the list one shorter.
                continue;
            }

            _idle.RemoveAt(at);
            if (_cleaner.NeedsCheck(backend))
            {
                backend.State = PooledBackendState.Tested;
                backend.Errands = [Options.CheckQuery];
                _cleaner.CleanWhenAlone(backend);
                continue;
            }

            backend.State = PooledBackendState.Active;
            backend.HasServed = true;
            return backend;
        }

        return null;
    }

    /// <summary>Hears what an idle connection has to say; false where that was its end.</summary>
    private bool IsQuiet(PooledBackend backend)
    {
        if (backend.Connection.IsReadReady && IdleChatter.Read(backend) is { } ended)
        {
            Close(backend, ended);
            return false;
        }

        return true;
    }

    private bool IsStale(PooledBackend backend, RoutingView view) => backend.Backend.Identity is { } identity
        ? RoutePolicy.MustCut(identity, view)
        : _services.Options.Now.ReplicaCutOnRoleChange && RoutePolicy.MustCut(backend.Backend.Member.Name, view);

    private string? Expired(PooledBackend backend) =>
        (backend.HasServed || Options.ServerLifetime > TimeSpan.Zero)
        && Loop.Time.GetElapsedTime(backend.CreatedAt) >= Options.ServerLifetime ? "server_lifetime" : null;
}
