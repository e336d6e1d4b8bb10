namespace Router.Cluster.Local;

/// <summary>A row of pg_stat_replication.</summary>
/// <param name="ApplicationName">The standby's member name.</param>
/// <param name="State"><c>streaming</c>, <c>catchup</c>, <c>backup</c> …</param>
/// <param name="SyncState"><c>sync</c>, <c>potential</c>, <c>quorum</c> or <c>async</c>.</param>
/// <param name="WriteLsn">Written by the standby.</param>
/// <param name="FlushLsn">Flushed by the standby.</param>
/// <param name="ReplayLsn">Replayed by the standby.</param>
public sealed record StandbyConnection(
    string ApplicationName,
    string State,
    string SyncState,
    Lsn? WriteLsn,
    Lsn? FlushLsn,
    Lsn? ReplayLsn,
    string UserName = "",
    string? ClientAddress = null,
    int SyncPriority = 0);
