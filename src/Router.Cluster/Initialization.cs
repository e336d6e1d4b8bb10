namespace Router.Cluster;

/// <summary>The <c>initialize</c> key: a bootstrap is under way, or the cluster has this system identifier.</summary>
/// <param name="Identifier">Null while the winner of the race bootstraps.</param>
public sealed record Initialization(SystemIdentifier? Identifier);
