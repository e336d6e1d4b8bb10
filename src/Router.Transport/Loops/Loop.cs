using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using Router.Transport.Tls;

namespace Router.Transport.Loops;

/// <summary>
/// The part of an event loop that does not depend on how the system reports readiness: its thread, its turns, posted
/// work, timers, and the connections that were promised another turn.
/// </summary>
/// <remarks>
/// One turn: wait for the system (not at all when work is left over), give every event to its connection, run what was
/// posted before the turn, fire due timers, give each connection that used up its budget its next share. Everything
/// here belongs to the loop's thread but <see cref="Post"/>, <see cref="ConnectionCount"/> and <see cref="IsCurrent"/>.
/// </remarks>
internal abstract class Loop : IEventLoop
{
    /// <summary>Where chunks are received, inspected and sent from; used within one synchronous step only.</summary>
    public const int ScratchBytes = 128 * 1024;

    private readonly ConcurrentQueue<LoopWork> _work = new();
    private readonly LoopContext _context;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<StreamConnection> _connections = [];
    private readonly Stack<Relay> _freeRelays = new();
    private TlsScratch? _tls;
    private List<StreamConnection> _requeued = [];
    private List<StreamConnection> _running = [];
    private int _threadId;
    private long _busyTicks;
    private int _isWakePending;
    private int _connectionCount;
    private volatile bool _isStopping;

    protected Loop(int index, TransportSettings settings, ILogger logger)
    {
        Index = index;
        Settings = settings;
        Logger = logger;
        Clock = new LoopTime(this, TimeProvider.System);
        _context = new LoopContext(this);
        _thread = new Thread(Run) { IsBackground = true, Name = $"router-loop-{index}" };
    }

    public int Index { get; }

    public bool IsCurrent => Environment.CurrentManagedThreadId == Volatile.Read(ref _threadId);

    public int ConnectionCount => Volatile.Read(ref _connectionCount);

    public TimeProvider Time => Clock;

    internal TransportSettings Settings { get; }

    internal ILogger Logger { get; }

    internal LoopTime Clock { get; }

    internal TimerQueue Timers { get; } = new();

    internal BlockPool Blocks { get; } = new();

    internal byte[] Scratch { get; } = GC.AllocateUninitializedArray<byte>(ScratchBytes, pinned: true);

    /// <summary>Nothing of it is there before a connection is secured.</summary>
    internal TlsScratch Tls => _tls ??= new TlsScratch();

    /// <summary>The clock's value at the begin of this turn.</summary>
    internal long Now { get; private set; }

    public TimeSpan BusyTime => Clock.GetElapsedTime(0, Volatile.Read(ref _busyTicks));

    /// <summary>Counts turns; budgets are per turn.</summary>
    internal long Turn { get; private set; } = 1;

    public void Start() => _thread.Start();

    /// <summary>Asks the loop to end; the task completes when its thread has.</summary>
    public Task StopAsync()
    {
        _isStopping = true;
        Wake();
        return _stopped.Task;
    }

    public void Post(Action<object?> callback, object? state)
    {
        _work.Enqueue(new LoopWork(callback, state));
        if (!IsCurrent && Interlocked.Exchange(ref _isWakePending, 1) == 0)
        {
            Wake();
        }
    }

    public abstract ValueTask<IConnection> ConnectAsync(EndPoint endPoint, CancellationToken aborted);

    public ValueTask<RelayEnd> RelayAsync(
        IConnection client,
        IConnection backend,
        IRelayFilter fromClient,
        IRelayFilter fromBackend,
        RelayOptions options,
        CancellationToken aborted)
    {
        var (first, second) = RequirePair(client, backend);
        var relay = _freeRelays.TryPop(out var free) ? free : new Relay(this);
        return relay.StartAsync(first, second, fromClient, fromBackend, options, aborted);
    }

    public RelayEnd? StartRelay(
        IConnection client,
        IConnection backend,
        IRelayFilter fromClient,
        IRelayFilter fromBackend,
        RelayOptions options,
        IRelayOwner owner)
    {
        var (first, second) = RequirePair(client, backend);
        var relay = _freeRelays.TryPop(out var free) ? free : new Relay(this);
        return relay.Start(first, second, fromClient, fromBackend, options, owner);
    }

    public void AbortRelay(IConnection client) => ((StreamConnection)client).AsSource?.Relay.End(RelayEnd.Aborted);

    /// <summary>Opens a listener whose events arrive on this loop.</summary>
    public abstract ITransportListener Listen(EndPoint endPoint, ListenOptions options, Acceptor acceptor);

    internal void Return(Relay relay) => _freeRelays.Push(relay);

    /// <summary>Counts a connection that is on its way to this loop, so that a burst of them is spread.</summary>
    internal void Expect() => Interlocked.Increment(ref _connectionCount);

    internal void Unexpect() => Interlocked.Decrement(ref _connectionCount);

    /// <summary>Takes in a connection counted by <see cref="Expect"/>.</summary>
    internal void Adopt(StreamConnection connection) => _ = _connections.Add(connection);

    internal void Forget(StreamConnection connection)
    {
        if (_connections.Remove(connection))
        {
            Unexpect();
        }
    }

    /// <summary>Gives <paramref name="connection"/> another share in the next turn.</summary>
    internal void Requeue(StreamConnection connection)
    {
        if (!connection.IsRequeued)
        {
            connection.IsRequeued = true;
            _requeued.Add(connection);
        }
    }

    /// <summary>The first thing on the loop's thread.</summary>
    protected virtual void Begin()
    {
    }

    /// <summary>Ends a wait of the loop from another thread.</summary>
    protected abstract void Wake();

    /// <summary>Waits for the system at most this long (-1: without end); says how many events there are.</summary>
    protected abstract int Wait(int timeoutMs);

    protected abstract void Dispatch(int events);

    /// <summary>Ends connects under way, and says how many have not ended yet.</summary>
    protected abstract int AbortConnects();

    /// <summary>Frees what the back end owns; the last thing on the loop's thread.</summary>
    protected abstract void Close();

    private (StreamConnection Client, StreamConnection Backend) RequirePair(IConnection client, IConnection backend)
    {
        if (!IsCurrent)
        {
            // An await that left the loop: from here on two threads would move one client's bytes.
            throw new InvalidOperationException("a relay is started on its loop");
        }

        return client is StreamConnection first && backend is StreamConnection second
            && first.OwnLoop == this && second.OwnLoop == this && first != second
            ? (first, second)
            : throw new ArgumentException("a relay joins two different connections of its own loop", nameof(client));
    }

    private void Run()
    {
        SynchronizationContext.SetSynchronizationContext(_context);
        Volatile.Write(ref _threadId, Environment.CurrentManagedThreadId);
        Now = Clock.Read();
        try
        {
            Begin();
            while (!_isStopping)
            {
                RunTurn();
            }

            Finish();
        }
        catch (Exception exception)
        {
            TransportLog.LoopFailed(Logger, Index, exception);
            throw;
        }
        finally
        {
            Close();
            _stopped.SetResult();
        }
    }

    private void RunTurn()
    {
        var before = Clock.Read();
        Volatile.Write(ref _busyTicks, _busyTicks + before - Now);
        var events = Wait(TimeoutMs(before));
        Now = Clock.Read();
        Turn++;
        // Who asks for another share from here on gets it in the next turn.
        (_requeued, _running) = (_running, _requeued);
        Dispatch(events);
        RunWork();
        RunTimers();
        RunRequeued();
    }

    private int TimeoutMs(long now)
    {
        if (_requeued.Count > 0 || !_work.IsEmpty)
        {
            return 0;
        }

        var due = Timers.NextDue;
        if (due == long.MaxValue)
        {
            return Timeout.Infinite;
        }

        var left = due - now;
        return left <= 0 ? 0 : (int)Math.Min(int.MaxValue, Math.Ceiling(left * 1000.0 / Clock.TimestampFrequency));
    }

    private void RunWork()
    {
        if (Volatile.Read(ref _isWakePending) != 0)
        {
            _ = Interlocked.Exchange(ref _isWakePending, 0);
        }

        if (_work.IsEmpty)
        {
            return;
        }

        // Only what was there before: work that posts itself again waits for the next turn.
        for (var left = _work.Count; left > 0 && _work.TryDequeue(out var work); left--)
        {
            try
            {
                work.Callback(work.State);
            }
            catch (Exception exception)
            {
                TransportLog.CallbackFailed(Logger, Index, exception);
            }
        }
    }

    private void RunTimers()
    {
        var sequenceEnd = Timers.SequenceEnd;
        while (Timers.TryTake(Now, sequenceEnd, out var timer))
        {
            try
            {
                timer.Fire();
            }
            catch (Exception exception)
            {
                TransportLog.CallbackFailed(Logger, Index, exception);
            }
        }
    }

    private void RunRequeued()
    {
        foreach (var connection in _running)
        {
            connection.IsRequeued = false;
            connection.OnTurn();
        }

        _running.Clear();
    }

    /// <summary>Ends a connection whose filter or handler let an exception through; the others live on.</summary>
    internal void Break(StreamConnection connection, Exception exception)
    {
        TransportLog.CallbackFailed(Logger, Index, exception);
        connection.Abort();
    }

    /// <summary>Resets what is left and lets its handlers see it, within a bound: a handler that never ends is cut off.</summary>
    private void Finish()
    {
        const int RoundsMax = 1000;
        for (var round = 0; round < RoundsMax; round++)
        {
            var connecting = AbortConnects();
            if (_connections.Count == 0 && connecting == 0 && _work.IsEmpty)
            {
                return;
            }

            if (connecting > 0 && _work.IsEmpty)
            {
                _ = Wait(timeoutMs: 1);
            }

            foreach (var connection in _connections.ToArray())
            {
                connection.Abort();
            }

            RunWork();
        }
    }
}
