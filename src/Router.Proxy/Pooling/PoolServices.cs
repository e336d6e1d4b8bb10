using Microsoft.Extensions.Logging;
using Router.Cluster;
using Router.Proxy.Authentication;
using Router.Proxy.Backends;
using Router.Proxy.Routing;

namespace Router.Proxy.Pooling;

/// <summary>What all pools of a proxy share.</summary>
internal sealed record PoolServices(
    LiveOptions Options,
    IClusterViewSource Views,
    WriteGate Gate,
    BackendOpener Opener,
    MemberLoads Loads,
    PoolBudget Budget,
    LoginSecrets Secrets,
    IBootClock Clock,
    ProxyCounters Counters,
    ILogger Logger)
{
    /// <summary>Where a connection of this pool would go now.</summary>
    public RouteDecision Route(PoolKey key)
    {
        var view = Views.Current;
        var request = new RouteRequest(key.Kind, Options.Now.ReplicaFallbackToPrimary);
        return RoutePolicy.Decide(request, view, Loads.Of(view), Clock.Now);
    }
}
