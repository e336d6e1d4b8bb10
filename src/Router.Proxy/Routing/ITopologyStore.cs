using Router.Cluster;

namespace Router.Proxy.Routing;

/// <summary>The proxy's port to the store: read only.</summary>
public interface ITopologyStore
{
    /// <summary>
    /// Goes on until <paramref name="aborted"/>: the present view, then one for each change. Says once that it has lost
    /// sight of the store, and reconnects by itself.
    /// </summary>
    IAsyncEnumerable<StoreReading> WatchAsync(CancellationToken aborted);

    /// <summary>
    /// What is left of the leader key's lease, counted from before the request was sent; null where the key is gone or
    /// there was no answer.
    /// </summary>
    Task<TimeSpan?> ReadLeaderLeaseAsync(LeaderLock held, CancellationToken aborted);
}
