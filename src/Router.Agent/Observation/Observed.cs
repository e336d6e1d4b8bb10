using Router.Cluster;
using Router.Cluster.Local;

namespace Router.Agent.Observation;

/// <summary>One look at everything.</summary>
/// <param name="View">Null: the store did not answer; then <paramref name="Outage"/> says why.</param>
/// <param name="ReadAt">When the read was begun.</param>
/// <param name="Local">The facts of this member.</param>
/// <param name="Outage">One sentence.</param>
public sealed record Observed(ClusterView? View, BootTime ReadAt, LocalState Local, string? Outage);
