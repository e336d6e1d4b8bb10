namespace Router.Cluster;

/// <summary>One row of the <c>history</c> key: where a timeline ended and who led the next one.</summary>
/// <param name="Timeline">The timeline that ended.</param>
/// <param name="SwitchPoint">Where it ended.</param>
/// <param name="Reason">Third field of PostgreSQL's history file.</param>
/// <param name="Timestamp">When the next timeline began, as written; null in old rows.</param>
/// <param name="NewLeader">Who led the next timeline; null in old rows.</param>
public sealed record HistoryLine(Timeline Timeline, Lsn SwitchPoint, string Reason, string? Timestamp, string? NewLeader);
