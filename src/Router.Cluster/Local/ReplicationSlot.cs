namespace Router.Cluster.Local;

/// <summary>A row of pg_replication_slots.</summary>
public sealed record ReplicationSlot(string Name, bool IsPhysical, bool IsActive, Lsn? RestartLsn, Lsn? ConfirmedFlushLsn);
