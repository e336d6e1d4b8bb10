using Router.Proxy.Pooling;

namespace Router.Proxy.Console;

/// <summary>Counters of a pool or of many, at one moment. Times in microseconds.</summary>
internal readonly record struct StatsFact(
    long Assignments,
    long Transactions,
    long Queries,
    long BytesReceived,
    long BytesSent,
    long TransactionTime,
    long QueryTime,
    long WaitTime,
    long Logins)
{
    public static StatsFact Of(PoolStats stats) => new(
        stats.Assignments,
        stats.Transactions,
        stats.Queries,
        stats.BytesReceived,
        stats.BytesSent,
        stats.TransactionMicroseconds,
        stats.QueryMicroseconds,
        stats.WaitMicroseconds,
        stats.Logins);

    /// <summary>All databases together.</summary>
    public static StatsFact Sum(IReadOnlyDictionary<string, StatsFact> facts) =>
        facts.Values.Aggregate(default(StatsFact), static (sum, fact) => sum + fact);

    public static StatsFact operator +(StatsFact one, StatsFact other) => new(
        one.Assignments + other.Assignments,
        one.Transactions + other.Transactions,
        one.Queries + other.Queries,
        one.BytesReceived + other.BytesReceived,
        one.BytesSent + other.BytesSent,
        one.TransactionTime + other.TransactionTime,
        one.QueryTime + other.QueryTime,
        one.WaitTime + other.WaitTime,
        one.Logins + other.Logins);

    /// <summary>
    /// What happened since <paramref name="before"/>: counts and bytes a second, transaction and query times for each of
    /// them, waiting time a second. PgBouncer's avg_ columns.
    /// </summary>
    public StatsFact AverageSince(StatsFact before, TimeSpan elapsed)
    {
        var seconds = Math.Max(elapsed.TotalSeconds, 1e-3);
        return new StatsFact(
            (long)((Assignments - before.Assignments) / seconds),
            (long)((Transactions - before.Transactions) / seconds),
            (long)((Queries - before.Queries) / seconds),
            (long)((BytesReceived - before.BytesReceived) / seconds),
            (long)((BytesSent - before.BytesSent) / seconds),
            PerEach(TransactionTime - before.TransactionTime, Transactions - before.Transactions),
            PerEach(QueryTime - before.QueryTime, Queries - before.Queries),
            (long)((WaitTime - before.WaitTime) / seconds),
            (long)((Logins - before.Logins) / seconds));
    }

    private static long PerEach(long time, long count) => count > 0 ? time / count : 0;
}
