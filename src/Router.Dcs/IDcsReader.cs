using Router.Cluster;

namespace Router.Dcs;

/// <summary>Reads one cluster's keys. A store that does not answer is a fact in the answer, not an exception.</summary>
public interface IDcsReader : IAsyncDisposable
{
    /// <summary>
    /// Reads everything at one revision, linearizable, within the adapter's call deadline (about 1 s an endpoint).
    /// </summary>
    Task<DcsRead> ReadAsync(CancellationToken aborted);

    /// <summary>
    /// Goes on until <paramref name="aborted"/>: first the present view, then one for each change (changes that came
    /// together may be one view). Reconnects, re-reads after compaction and tells in a
    /// <see cref="DcsRead.Unreachable"/> that it has lost sight of the store. A view whose revision went back carries
    /// the next <see cref="ClusterView.Incarnation"/>.
    /// </summary>
    IAsyncEnumerable<DcsRead> WatchAsync(CancellationToken aborted);

    /// <summary>
    /// What is left of the leader key's lease, counted from before the request was sent; null where there is no leader
    /// key or no answer.
    /// </summary>
    Task<TimeSpan?> ReadLeaderLeaseAsync(LeaderLock held, CancellationToken aborted);
}
