using Router.Cluster;

namespace Router.Proxy.Routing;

/// <summary>All that <see cref="TopologyPolicy"/> decides from. Immutable.</summary>
public sealed record TopologyFacts
{
    public static readonly TopologyFacts None = new();

    /// <summary>The newest view of the store; null before the first.</summary>
    public ClusterView? View { get; init; }

    public bool IsStoreReachable { get; init; }

    /// <summary>The newest answer to a probe.</summary>
    public ProbedMember? Probed { get; init; }

    /// <summary>The lease under the leader key, counted from before it was asked for.</summary>
    public LeaderVoucher? Lease { get; init; }

    /// <summary>The leader's agent said that it leads: good for a second from before it was asked.</summary>
    public LeaderVoucher? Agent { get; init; }
}
