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
    PoolOperator Operator,
    LoginSecrets Secrets,
    IBootClock Clock,
    ProxyCounters Counters,
    ILogger Logger)
{
    /// <summary>Where a connection of this pool would go now.</summary>
    public RouteDecision Route(BackendPool pool)
    {
        if (pool.Servers is { } servers)
        {
            return new RouteDecision.Use(servers.Current, Identity: null);
        }

        var view = Views.Current;
        var request = new RouteRequest(pool.Key.Kind, Options.Now.ReplicaFallbackToPrimary);
        return RoutePolicy.Decide(request, view, Loads.Of(view), Clock.Now);
    }

    /// <summary>Its member is no more what it was when the connection was opened.</summary>
    public bool IsStale(PooledBackend backend, RoutingView view) => backend.Backend.Identity is { } identity
        ? RoutePolicy.MustCut(identity, view)
        : Options.Now.ReplicaCutOnRoleChange && RoutePolicy.MustCut(backend.Backend.Member, view);
}
