using Router.Proxy.Pooling;
using static Router.Proxy.Console.ConsoleType;

namespace Router.Proxy.Console;

/// <summary>SHOW HISTOGRAMS, which is ours: how long logins, waits, transactions and requests take, microseconds. Pure.</summary>
internal static class TimeTable
{
    public static ConsoleTable Of(IEnumerable<PoolFact> pools)
    {
        var table = new ConsoleTable(
            ("database", Text), ("user", Text), ("time", Text), ("count", Numeric), ("total_us", Numeric),
            ("p50_us", Numeric), ("p90_us", Numeric), ("p99_us", Numeric), ("p999_us", Numeric));
        foreach (var pool in pools.GroupBy(static pool => pool.Key)
            .OrderBy(static group => PoolTables.NameOf(group.Key), StringComparer.Ordinal)
            .ThenBy(static group => group.Key.User, StringComparer.Ordinal))
        {
            Add(table, pool.Key, "login", pool.Select(static fact => fact.LoginTimes));
            Add(table, pool.Key, "wait", pool.Select(static fact => fact.WaitTimes));
            Add(table, pool.Key, "xact", pool.Select(static fact => fact.TransactionTimes));
            Add(table, pool.Key, "query", pool.Select(static fact => fact.QueryTimes));
        }

        return table;
    }

    private static void Add(ConsoleTable table, PoolKey key, string time, IEnumerable<TimeCounts> loops)
    {
        var all = loops.Aggregate(TimeCounts.None, TimeCounts.Add);
        table.Add(
            PoolTables.NameOf(key), key.User, time, all.Count, all.SumMicroseconds, all.Percentile(0.5), all.Percentile(0.9),
            all.Percentile(0.99), all.Percentile(0.999));
    }
}
