namespace Router.Proxy.Routing;

/// <summary>A decision of <see cref="TopologyPolicy"/> and what it remembers for the next one.</summary>
/// <param name="View">For the sessions; its version is given at publication.</param>
/// <param name="Verified">The writing of the leader key under which the primary was last verified by SQL.</param>
/// <param name="Tenure">How long the present leader has led in the proxy's sight; null while nobody does.</param>
/// <param name="Memory">The highest timeline verified so far; it outlives holds and leaders.</param>
public sealed record Topology(
    RoutingView View, LeaderStamp? Verified, LeaderTenure? Tenure = null, TimelineMemory? Memory = null)
{
    public static readonly Topology Initial = new(RoutingView.Initial, Verified: null);
}
