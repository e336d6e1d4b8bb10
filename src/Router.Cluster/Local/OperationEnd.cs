namespace Router.Cluster.Local;

/// <summary>How the last operation ended; the next decision is made from new facts and from this.</summary>
public sealed record OperationEnd(OperationKind Kind, bool IsSuccess, string Reason, BootTime At);
