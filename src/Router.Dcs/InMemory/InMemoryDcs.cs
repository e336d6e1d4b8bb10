using System.Runtime.CompilerServices;
using Router.Cluster;

namespace Router.Dcs.InMemory;

/// <summary>
/// One client's way to an <see cref="InMemoryStore"/>, with faults of its own. Answers at once, or through the store's
/// clock where <see cref="Faults"/> say so.
/// </summary>
public sealed class InMemoryDcs(InMemoryStore store, TimeSpan callDeadline) : IDcs
{
    private readonly Lock _lock = new();
    private readonly List<InMemoryWatch> _watches = [];
    private InMemoryFaults _faults = InMemoryFaults.None;
    private long _incarnation;
    private long _lastRevision;

    public InMemoryDcs(InMemoryStore store)
        : this(store, TimeSpan.FromSeconds(1))
    {
    }

    /// <summary>What is wrong from now on; calls under way keep what they began with.</summary>
    public InMemoryFaults Faults
    {
        get => _faults;
        set
        {
            _faults = value;
            foreach (var watch in Watches())
            {
                watch.Wake();
            }
        }
    }

    public Task<DcsRead> ReadAsync(CancellationToken aborted) =>
        CallAsync(View, new DcsRead.Unreachable("the store did not answer"), aborted);

    public async IAsyncEnumerable<DcsRead> WatchAsync([EnumeratorCancellation] CancellationToken aborted)
    {
        using var watch = new InMemoryWatch(store);
        Add(watch);
        try
        {
            DcsRead? told = null;
            while (true)
            {
                // Taken before the read, so that a change in between is not slept through.
                var nextChange = watch.NextAsync(aborted);
                var read = await ReadAsync(aborted);
                if (IsNews(read, told))
                {
                    told = read;
                    yield return read;
                }

                await nextChange;
            }
        }
        finally
        {
            Remove(watch);
        }
    }

    public Task<TimeSpan?> ReadLeaderLeaseAsync(LeaderLock held, CancellationToken aborted) =>
        CallAsync(() => IsHeld(held) ? store.Remaining(held.LeaseId) : null, null, aborted);

    public Task<LeaseAnswer> GrantLeaseAsync(TimeSpan ttl, CancellationToken aborted) =>
        CallAsync(() => store.Grant(ttl), LostLease(0), aborted);

    public Task<LeaseAnswer> KeepAliveAsync(long leaseId, CancellationToken aborted) =>
        CallAsync(() => store.KeepAlive(leaseId), LostLease(leaseId), aborted);

    public Task<WriteOutcome> RevokeLeaseAsync(long leaseId, CancellationToken aborted) => CallAsync(
        () => store.Revoke(leaseId) ? WriteOutcome.Ok : WriteOutcome.Conflict, WriteOutcome.Unknown, aborted);

    public Task<CommitAnswer> CommitAsync(DcsTransaction transaction, CancellationToken aborted) => CallAsync(
        () => store.Commit(transaction),
        new CommitAnswer(WriteOutcome.Unknown, Revision.Absent, "the store did not answer"),
        aborted);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static LeaseAnswer LostLease(long leaseId) =>
        new(WriteOutcome.Unknown, leaseId, TimeSpan.Zero, "the store did not answer");

    private static bool IsNews(DcsRead read, DcsRead? told) => (read, told) switch
    {
        (DcsRead.Seen seen, DcsRead.Seen last) =>
            seen.View.Revision != last.View.Revision || seen.View.Incarnation != last.View.Incarnation,
        (DcsRead.Unreachable, DcsRead.Unreachable) => false,
        _ => true,
    };

    private Task<T> CallAsync<T>(Func<T> execute, T lost, CancellationToken aborted) =>
        InMemoryCall<T>.RunAsync(store.Time, Faults, callDeadline, execute, lost, aborted);

    private DcsRead View()
    {
        var (keys, revision) = store.Read();
        lock (_lock)
        {
            if (revision.Value < _lastRevision)
            {
                _incarnation++;
            }

            _lastRevision = revision.Value;
            return new DcsRead.Seen(ClusterCodec.Decode(keys.Values, revision, _incarnation));
        }
    }

    private bool IsHeld(LeaderLock held) =>
        store.Read().Keys.GetValueOrDefault(DcsKey.Leader.Path) is { } key
            && key.LeaseId == held.LeaseId
            && key.CreateRevision == held.CreateRevision;

    private InMemoryWatch[] Watches()
    {
        lock (_lock)
        {
            return [.. _watches];
        }
    }

    private void Add(InMemoryWatch watch)
    {
        lock (_lock)
        {
            _watches.Add(watch);
        }
    }

    private void Remove(InMemoryWatch watch)
    {
        lock (_lock)
        {
            _ = _watches.Remove(watch);
        }
    }
}
