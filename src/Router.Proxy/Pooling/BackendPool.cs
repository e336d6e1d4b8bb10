using System.Buffers;
using Router.Protocol.Messages;
using Router.Proxy.Manners;
using Router.Proxy.Notify;
using Router.Proxy.Sessions;
using Router.Proxy.Statements;
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
    private const string PausedReason = "the database is paused";

    private readonly PoolServices _services;
    private readonly PoolDirectory _directory;
    private readonly PoolGrowth _growth;
    private readonly BackendCleaner _cleaner;
    private readonly PoolUpkeep _upkeep;
    private readonly List<PooledBackend> _all = [];
    private readonly IdleBackends _idle;
    private readonly LinkedList<PoolTicket> _waiters = new();
    private bool _isPumping;
    private bool _isPumpAsked;
    private bool _closesFree;

    public BackendPool(
        PoolKey key, DatabaseOptions database, IEventLoop loop, PoolServices services, PoolDirectory directory)
    {
        Key = key;
        Database = database;
        Servers = ServerChoice.Of(database.Target);
        Options = services.Options.Now.Pool!.For(database, key.User);
        Loop = loop;
        _services = services;
        _directory = directory;
        _growth = new PoolGrowth(this, services, directory);
        _cleaner = new BackendCleaner(this, services);
        _idle = new IdleBackends(this, services, _cleaner);
        _upkeep = new PoolUpkeep(this, services);
        Share = new LoopShare(this, _growth);
        Hub = new NotifyHub(this, services);
        TakeOrders();
    }

    public PoolKey Key { get; }

    public IEventLoop Loop { get; }

    public DatabaseOptions Database { get; private set; }

    public PoolOptions Options { get; private set; }

    /// <summary>The servers that the configuration names; null where the cluster decides.</summary>
    public ServerChoice? Servers { get; private set; }

    /// <summary>Its database is no more.</summary>
    public bool IsRemoved { get; private set; }

    /// <summary>An operator wants nobody to get a server connection.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>When it was so last, by the loop's clock.</summary>
    public long ReleasedAt { get; private set; }

    /// <summary>The prepared statements of its clients.</summary>
    public StatementStore Statements { get; } = new();

    /// <summary>What the pool's clients are greeted with.</summary>
    public PoolWelcome Welcome { get; } = new();

    public IReadOnlyList<PooledBackend> Backends => _all;

    /// <summary>Who waits, in the order of coming.</summary>
    public IReadOnlyCollection<PoolTicket> Waiters => _waiters;

    public IReadOnlyList<PooledBackend> Idle => _idle.All;
    public int IdleCount => _idle.Count;
    public int OpeningCount => _growth.Opening;
    public int WaitingCount => _waiters.Count;

    public PoolStats Stats { get; } = new();

    /// <summary>What it gives up for the same pool of another loop.</summary>
    public LoopShare Share { get; }

    /// <summary>Listens for its clients.</summary>
    public NotifyHub Hub { get; }

    /// <summary>Sessions that use the pool, waiting or not.</summary>
    public HashSet<PooledSession> Clients { get; } = [];

    /// <summary>When the first in the queue began to wait, by the loop's clock; null where nobody waits.</summary>
    public long? OldestWait => _waiters.First?.Value.Since;

    private long Now => Loop.Time.GetTimestamp();

    /// <summary>A connection at once; null where the session must wait.</summary>
    public PooledBackend? TryTake(PoolTicket ticket) => _waiters.Count == 0 && !IsHeld ? _idle.Take(ticket.Profile) : null;

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
        if (((ticket.IsLogin ? _growth.RefusalOfLogin() : null) ?? _growth.RefusalOf(ticket.Profile)) is { } refusal)
        {
            ticket.Answer(new PoolAnswer(null, refusal));
        }
        else if (Options.QueryWaitMax is var max and > 0 && _waiters.Count >= max)
        {
            ticket.Answer(new PoolAnswer(null, Refusals.QueryWaitFull.In(_services.Options.Now.Personality)));
        }
        else
        {
            _waiters.AddLast(ticket.Node);
            Pump();
        }
    }

    /// <summary>The session does not want to wait any longer; nothing happens where it does not.</summary>
    /// <param name="isCanceled">The session goes on without the request.</param>
    public void Leave(PoolTicket ticket, bool isCanceled = false)
    {
        if (ticket.IsQueued)
        {
            _waiters.Remove(ticket.Node);
            ticket.Answer(new PoolAnswer { IsCanceled = isCanceled });
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
        if ((backend.CloseReason ?? _upkeep.Expired(backend) ?? (_closesFree ? PausedReason : null) ?? Share.TakeRecall()) is { } reason)
        {
            Close(backend, reason);
        }
        else if (isReady)
        {
            _idle.Add(backend);
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

        ClientLines.Closed(_services, this, backend, reason);
        var isAtRest = backend.State != PooledBackendState.Active;
        backend.State = PooledBackendState.Closed;
        _all.Remove(backend);
        _idle.Remove(backend);
        backend.Statements.Clear();
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

    /// <summary>Ends every client, and the server connections with them.</summary>
    public void EndClients(CutReason reason)
    {
        foreach (var client in Clients.ToArray())
        {
            client.End(reason);
        }

        CloseWhenReturned(CutPolicy.CauseOf(reason), static _ => true);
    }

    /// <summary>The options changed: goes by its own of the new ones. Without its database it ends.</summary>
    public void Reconfigure()
    {
        var pooling = _services.Options.Now.Pool!;
        if (pooling.Databases.Find(Key.Database) is not { } database)
        {
            IsRemoved = true;
            EndClients(CutReason.DatabaseRemoved);
            return;
        }

        var isMoved = database.Target != Database.Target || database.Parameters != Database.Parameters;
        (IsRemoved, Database, Options) = (false, database, pooling.For(database, Key.User));
        if (isMoved)
        {
            Servers = ServerChoice.Of(database.Target);
            CloseWhenReturned("database configuration changed", static _ => true);
            _growth.OnClusterChanged();
        }

        Pump();
    }

    /// <summary>An operator has ordered something.</summary>
    public void OnOrders()
    {
        var wasHeld = IsHeld;
        TakeOrders();
        if (wasHeld)
        {
            ReleasedAt = Now;
        }

        foreach (var backend in _closesFree ? Idle.ToArray() : [])
        {
            Close(backend, PausedReason);
        }

        Pump();
    }

    /// <summary>The cluster changed: idle connections of the past are closed, and who waits is looked at again.</summary>
    public void OnViewChanged()
    {
        // The newest one: the news of a change may come after the next change.
        var view = _services.Views.Current;
        CloseWhenReturned("the member's role changed", backend => _services.IsStale(backend, view));
        Hub.OnViewChanged();
        _growth.OnClusterChanged();
        Pump();
    }

    /// <summary>A free connection has something to say: a changed setting, a remark, or its end.</summary>
    public void OnReadable(PooledBackend backend) => _idle.OnReadable(backend);

    /// <summary>Everything that time brings; false where the pool may be forgotten.</summary>
    public bool Tick()
    {
        var now = Now;
        _upkeep.Tick(now);
        OnRoom();
        return !_upkeep.IsForgettable(now);
    }

    /// <summary>Closes the idle connection that rested longest; false where none is idle.</summary>
    public bool TryEvictIdle()
    {
        if (_idle.Oldest is { } oldest)
        {
            Close(oldest, "evicted");
            return true;
        }

        return false;
    }

    /// <summary>When the connection that rested longest began to; null where none is idle.</summary>
    public long? OldestIdle => _idle.Oldest?.IdleSince;

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
        ClientLines.Opened(_services, this, backend);
        Welcome.Learn(backend.Parameters, backend.Profile);

        // The view may have moved on while it was being opened.
        backend.CloseReason = _services.IsStale(backend, _services.Views.Current) ? "the member's role changed" : null;
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

    /// <summary>Refuses whoever may not wait any longer.</summary>
    /// <param name="why">The words to the client; null where it may.</param>
    public void Refuse(Func<PoolTicket, ErrorResponse?> why)
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
        while (!IsHeld && _waiters.First is { } first && _idle.Take(first.Value.Profile) is { } backend)
        {
            _waiters.Remove(first);
            if (!first.Value.Answer(new PoolAnswer(backend, null)))
            {
                Return(backend);
            }
        }
    }

    private void TakeOrders()
    {
        var orders = _services.Operator.Now;
        (IsHeld, _closesFree) = (orders.Holds(Key.Database), orders.ClosesFree(Key.Database));
    }
}
