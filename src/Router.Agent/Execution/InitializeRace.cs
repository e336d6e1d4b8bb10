using Router.Cluster;

namespace Router.Agent.Execution;

/// <summary>The race for the <c>initialize</c> key that this member won last.</summary>
/// <param name="Revision">At which the key was written.</param>
/// <param name="LeaseId">On which it lies until the cluster is made.</param>
public readonly record struct InitializeRace(Revision Revision, long LeaseId);
