using Router.Cluster;

namespace Router.Proxy.Routing;

/// <summary>Which member a client gets. Pure.</summary>
public static class RoutePolicy
{
    /// <param name="request">What the client wants.</param>
    /// <param name="view">One reading of the newest view.</param>
    /// <param name="loads">One for each of the view's replicas, in their order.</param>
    /// <param name="now">For the licence to write.</param>
    public static RouteDecision Decide(
        RouteRequest request, RoutingView view, ReadOnlySpan<ReplicaLoad> loads, BootTime now)
    {
        if (request.Kind == ListenerKind.Primary)
        {
            return ToPrimary(view, now);
        }

        if (view.Replicas.Count > 0)
        {
            return new RouteDecision.Use(view.Replicas[LeastLoaded(loads)], Identity: null);
        }

        return request.MayFallBackToPrimary
            ? ToPrimary(view, now)
            : new RouteDecision.Wait("no replica is streaming");
    }

    /// <summary>
    /// Whether a session that was routed by an older view must end now: its primary is no longer the living one (S20).
    /// </summary>
    public static bool MustCut(PrimaryIdentity identity, RoutingView view) => view.Primary?.Identity != identity;

    /// <summary>Whether a session on a replica must end now: its member has become the primary or left the cluster.</summary>
    public static bool MustCut(MemberName replica, RoutingView view)
    {
        foreach (var standby in view.Standbys)
        {
            if (standby == replica)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The same for a member of which a view may know nothing: that one is as it was.</summary>
    public static bool MustCut(RoutedMember replica, RoutingView view)
    {
        ArgumentNullException.ThrowIfNull(replica);
        return !replica.IsFixed && MustCut(replica.Name, view);
    }

    private static RouteDecision ToPrimary(RoutingView view, BootTime now) =>
        view.UsablePrimary(now) is { } primary
            ? new RouteDecision.Use(primary.Member, primary.Identity)
            : new RouteDecision.Wait(view.Hold ?? "nobody vouches for the leader any more");

    private static int LeastLoaded(ReadOnlySpan<ReplicaLoad> loads)
    {
        var best = 0;
        for (var i = 1; i < loads.Length; i++)
        {
            if ((loads[i].IsFailing, loads[i].Connections).CompareTo((loads[best].IsFailing, loads[best].Connections)) < 0)
            {
                best = i;
            }
        }

        return best;
    }
}
