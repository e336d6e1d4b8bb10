using Router.Proxy.Routing;

namespace Router.Hosting.PgBouncer;

/// <summary>The view of a proxy that follows no cluster: its servers stand in its configuration, and nothing ever changes.</summary>
internal sealed class NoCluster : IClusterViewSource
{
    public RoutingView Current { get; } = new() { Hold = "no cluster is followed" };

    public async Task<RoutingView> WaitForChangeAsync(long seenVersion, CancellationToken aborted)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, aborted);
        return Current;
    }

    public void ReportStandby(PrimaryIdentity identity)
    {
        // There is no primary that could be one.
    }
}
