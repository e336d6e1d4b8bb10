using Router.Cluster;
using Router.Cluster.Local;

namespace Router.Agent.Execution;

/// <summary>What a decision was made of, for those who carry it out.</summary>
/// <param name="View">Null while the store does not answer.</param>
/// <param name="Local">The facts.</param>
/// <param name="Settings">In force.</param>
/// <param name="ConfigJson">The last dynamic configuration that this member knew.</param>
public sealed record CycleContext(ClusterView? View, LocalState Local, HaSettings Settings, string ConfigJson);
