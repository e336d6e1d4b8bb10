using Router.Proxy.Pooling;
using Router.Proxy.Routing;
using static Router.Proxy.Console.ConsoleType;

namespace Router.Proxy.Console;

/// <summary>SHOW POOLS, DATABASES and STATS: columns in PgBouncer's order, rows by name. Pure.</summary>
internal static class PoolTables
{
    private static readonly string[] Counters =
    [
        "server_assignment_count", "xact_count", "query_count", "received", "sent", "xact_time", "query_time", "wait_time",
        "client_parse_count", "server_parse_count", "bind_count", "client_login_count",
    ];

    /// <summary>Replicas are a database of their own to the console: their pools have limits and queues of their own.</summary>
    public static string NameOf(PoolKey key) =>
        key.Kind == ListenerKind.Primary ? key.Database : key.Database + "@replica";

    public static ConsoleTable Pools(IEnumerable<PoolFact> pools)
    {
        var table = new ConsoleTable(
            ("database", Text), ("user", Text), ("cl_active", Int4), ("cl_waiting", Int4), ("cl_active_cancel_req", Int4),
            ("cl_waiting_cancel_req", Int4), ("sv_active", Int4), ("sv_active_cancel", Int4), ("sv_being_canceled", Int4),
            ("sv_idle", Int4), ("sv_used", Int4), ("sv_tested", Int4), ("sv_login", Int4), ("maxwait", Int4),
            ("maxwait_us", Int4), ("pool_mode", Text), ("load_balance_hosts", Text));
        foreach (var group in pools.GroupBy(static pool => pool.Key).OrderBy(static group => NameOf(group.Key), StringComparer.Ordinal)
            .ThenBy(static group => group.Key.User, StringComparer.Ordinal))
        {
            var wait = group.Max(static pool => pool.MaxWait);
            table.Add(
                NameOf(group.Key), group.Key.User,
                group.Sum(static p => p.ClientsActive), group.Sum(static p => p.ClientsWaiting), 0, 0,
                group.Sum(static p => p.ServersActive), 0, group.Sum(static p => p.ServersBeingCanceled),
                group.Sum(static p => p.ServersIdle), group.Sum(static p => p.ServersUsed),
                group.Sum(static p => p.ServersTested), group.Sum(static p => p.ServersLogin),
                (int)wait.TotalSeconds, wait.Microseconds + wait.Milliseconds * 1000,
                ModeOf(group.First().Mode), null);
        }

        return table;
    }

    public static ConsoleTable Stats(IReadOnlyDictionary<string, StatsFact> totals, IReadOnlyDictionary<string, StatsFact> averages)
    {
        var table = new ConsoleTable(
        [
            ("database", Text),
            .. Counters.Select(static name => ("total_" + name, Numeric)),
            .. Counters.Select(static name => ("avg_" + AverageName(name), Numeric)),
        ]);
        foreach (var (database, total) in totals.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            table.Add([database, .. Values(total), .. Values(averages.GetValueOrDefault(database))]);
        }

        return table;
    }

    public static ConsoleTable StatsTotals(IReadOnlyDictionary<string, StatsFact> totals) =>
        OneKind(totals, static name => LongName(name));

    /// <summary>PgBouncer's own quirk: the last four columns alone are called avg_.</summary>
    public static ConsoleTable StatsAverages(IReadOnlyDictionary<string, StatsFact> averages) =>
        OneKind(averages, static name => Array.IndexOf(Counters, name) < 8 ? LongName(name) : "avg_" + name);

    public static ConsoleTable Totals(StatsFact total, StatsFact average)
    {
        var table = new ConsoleTable(("name", Text), ("value", Numeric));
        foreach (var (prefix, fact) in new[] { ("total_", total), ("avg_", average) })
        {
            foreach (var (name, value) in Counters.Zip(Values(fact)))
            {
                table.Add(prefix + TotalName(name), value);
            }
        }

        return table;
    }

    public static string ModeOf(PoolMode mode) => mode switch
    {
        PoolMode.Transaction => "transaction",
        PoolMode.Statement => "statement",
        _ => "session",
    };

    private static ConsoleTable OneKind(IReadOnlyDictionary<string, StatsFact> facts, Func<string, string> nameOf)
    {
        var table = new ConsoleTable([("database", Text), .. Counters.Select(name => (nameOf(name), Numeric))]);
        foreach (var (database, fact) in facts.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            table.Add([database, .. Values(fact)]);
        }

        return table;
    }

    private static object?[] Values(StatsFact fact) =>
    [
        fact.Assignments, fact.Transactions, fact.Queries, fact.BytesReceived, fact.BytesSent, fact.TransactionTime,
        fact.QueryTime, fact.WaitTime, 0L, 0L, 0L, fact.Logins,
    ];

    private static string AverageName(string name) => name == "received" ? "recv" : name;

    private static string LongName(string name) => name is "received" or "sent" ? "bytes_" + name : name;

    private static string TotalName(string name) => name switch
    {
        "received" => "client_bytes",
        "sent" => "server_bytes",
        "client_parse_count" or "server_parse_count" or "bind_count" => "ps_" + name,
        _ => name,
    };
}
