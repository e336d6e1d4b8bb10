namespace Router.Cluster.Local;

/// <summary>A setting that takes effect at the next restart.</summary>
public sealed record PendingSetting(string Name, string OldValue, string NewValue);
