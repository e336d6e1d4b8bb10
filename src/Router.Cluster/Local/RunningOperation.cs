namespace Router.Cluster.Local;

/// <summary>The operation that runs now.</summary>
public sealed record RunningOperation(OperationKind Kind, BootTime Since);
