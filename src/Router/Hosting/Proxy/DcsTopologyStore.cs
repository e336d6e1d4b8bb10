using System.Runtime.CompilerServices;
using Router.Cluster;
using Router.Dcs;
using Router.Proxy.Routing;

namespace Router.Hosting.Proxy;

/// <summary>The proxy's sight of the store: the agents' reader, told in the proxy's words. Each view is shown on.</summary>
internal sealed class DcsTopologyStore(IDcsReader dcs, Action<ClusterView> onView) : ITopologyStore
{
    public async IAsyncEnumerable<StoreReading> WatchAsync([EnumeratorCancellation] CancellationToken aborted)
    {
        await foreach (var read in dcs.WatchAsync(aborted))
        {
            switch (read)
            {
                case DcsRead.Seen { View: var view }:
                    onView(view);
                    yield return new StoreReading.Seen(view);
                    break;
                case DcsRead.Unreachable { Reason: var reason }:
                    yield return new StoreReading.Unreachable(reason);
                    break;
            }
        }
    }

    public Task<TimeSpan?> ReadLeaderLeaseAsync(LeaderLock held, CancellationToken aborted) =>
        dcs.ReadLeaderLeaseAsync(held, aborted);
}
