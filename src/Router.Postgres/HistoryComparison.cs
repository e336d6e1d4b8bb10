namespace Router.Postgres;

/// <summary>What comparing the local history with the leader's showed.</summary>
/// <param name="Verdict">What has to happen before the instance can stream from the leader.</param>
/// <param name="Reason">One sentence with both timelines and the position where they part.</param>
public sealed record HistoryComparison(HistoryVerdict Verdict, string Reason);
