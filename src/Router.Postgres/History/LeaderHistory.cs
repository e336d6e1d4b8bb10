using Router.Cluster;

namespace Router.Postgres.History;

/// <summary>What a leader answered to IDENTIFY_SYSTEM and TIMELINE_HISTORY.</summary>
/// <param name="Rows">Where its former timelines ended.</param>
internal sealed record LeaderHistory(
    SystemIdentifier Identifier, Timeline Timeline, Lsn Position, IReadOnlyList<HistoryLine> Rows);
