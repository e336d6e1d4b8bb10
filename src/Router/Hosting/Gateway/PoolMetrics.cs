using System.Globalization;
using Prometheus;
using Router.Proxy;
using Router.Proxy.Routing;

namespace Router.Hosting.Gateway;

/// <summary>
/// What the pools are doing, under our names and under those of the common exporter for PgBouncer, so that dashboards and
/// alerts go on as before.
/// </summary>
internal static class PoolMetrics
{
    public static void Collect(MetricFactory metrics, IReadOnlyList<PoolSnapshot> pools)
    {
        CollectOurs(metrics, pools);
        CollectTimes(metrics, pools);
        CollectPools(metrics, pools);
        CollectStats(metrics, pools);
    }

    private static void CollectOurs(MetricFactory metrics, IReadOnlyList<PoolSnapshot> pools)
    {
        string[] labels = ["database", "user", "listener"];
        var clients = metrics.CreateGauge("router_pool_clients", "Clients of a pool", [.. labels, "state"]);
        var servers = metrics.CreateGauge("router_pool_servers", "Server connections of a pool", [.. labels, "state"]);
        var pinned = metrics.CreateGauge(
            "router_pool_clients_pinned", "Clients that keep their server connection between transactions; SHOW PINS says why", labels);
        var wait = metrics.CreateGauge("router_pool_maxwait_seconds", "How long the first in the queue has waited", labels);
        var transactions = metrics.CreateCounter("router_pool_transactions_total", "Transactions", labels);
        foreach (var pool in pools)
        {
            string[] values = [pool.Key.Database, pool.Key.User, pool.Key.Kind == ListenerKind.Primary ? "primary" : "replica"];
            clients.WithLabels([.. values, "active"]).Set(pool.ClientsActive);
            clients.WithLabels([.. values, "waiting"]).Set(pool.ClientsWaiting);
            servers.WithLabels([.. values, "active"]).Set(pool.ServersActive);
            servers.WithLabels([.. values, "idle"]).Set(pool.ServersIdle);
            servers.WithLabels([.. values, "used"]).Set(pool.ServersUsed);
            servers.WithLabels([.. values, "tested"]).Set(pool.ServersTested);
            servers.WithLabels([.. values, "login"]).Set(pool.ServersLogin);
            pinned.WithLabels(values).Set(pool.ClientsPinned);
            wait.WithLabels(values).Set(pool.MaxWait.TotalSeconds);
            transactions.WithLabels(values).IncTo(pool.Transactions);
        }
    }

    private static void CollectTimes(MetricFactory metrics, IReadOnlyList<PoolSnapshot> pools)
    {
        Histogram(metrics, pools, "router_pool_login_seconds", "From a client's coming to its greeting", static p => p.LoginTimes);
        Histogram(metrics, pools, "router_pool_wait_seconds", "How long clients waited for a server connection", static p => p.WaitTimes);
        Histogram(
            metrics, pools, "router_pool_transaction_seconds", "How long clients had a server connection",
            static p => p.TransactionTimes);
        Histogram(
            metrics, pools, "router_pool_query_seconds", "From a request to the end of its answer", static p => p.QueryTimes);
    }

    /// <summary>The series of a histogram; what was counted elsewhere, the library's own histogram cannot take in.</summary>
    private static void Histogram(
        MetricFactory metrics, IReadOnlyList<PoolSnapshot> pools, string name, string help, Func<PoolSnapshot, TimeCounts> times)
    {
        string[] labels = ["database", "user"];
        var buckets = metrics.CreateCounter(name + "_bucket", help, [.. labels, "le"]);
        var sums = metrics.CreateCounter(name + "_sum", help, labels);
        var counts = metrics.CreateCounter(name + "_count", help, labels);
        foreach (var pool in pools)
        {
            string[] values = [NameOf(pool), pool.Key.User];
            var (all, seen) = (times(pool), 0L);
            for (var bucket = 0; bucket < all.Counts.Length; bucket++)
            {
                seen += all.Counts[bucket];
                buckets.WithLabels([.. values, BoundOf(bucket)]).IncTo(seen);
            }

            sums.WithLabels(values).IncTo(all.SumMicroseconds / 1e6);
            counts.WithLabels(values).IncTo(seen);
        }
    }

    private static string BoundOf(int bucket) => bucket == TimeCounts.BoundsMicroseconds.Length
        ? "+Inf"
        : (TimeCounts.BoundsMicroseconds[bucket] / 1e6).ToString("0.######", CultureInfo.InvariantCulture);

    private static void CollectPools(MetricFactory metrics, IReadOnlyList<PoolSnapshot> pools)
    {
        Gauge(
            metrics, pools, "client_active_connections", "Clients that have a server connection or ask nothing",
            static p => p.ClientsActive);
        Gauge(metrics, pools, "client_waiting_connections", "Clients that wait for a server connection", static p => p.ClientsWaiting);
        Gauge(metrics, pools, "server_active_connections", "Server connections that a client has", static p => p.ServersActive);
        Gauge(metrics, pools, "server_idle_connections", "Server connections that nobody uses", static p => p.ServersIdle);
        Gauge(metrics, pools, "server_used_connections", "Server connections to be checked before use", static p => p.ServersUsed);
        Gauge(metrics, pools, "server_testing_connections", "Server connections being reset or checked", static p => p.ServersTested);
        Gauge(metrics, pools, "server_login_connections", "Server connections being opened", static p => p.ServersLogin);
        Gauge(metrics, pools, "client_maxwait_seconds", "How long the first in the queue has waited", static p => p.MaxWait.TotalSeconds);
    }

    private static void CollectStats(MetricFactory metrics, IReadOnlyList<PoolSnapshot> pools)
    {
        Counter(metrics, pools, "sql_transactions_pooled_total", "Transactions", static p => p.Transactions);
        Counter(metrics, pools, "queries_pooled_total", "Queries", static p => p.Queries);
        Counter(metrics, pools, "received_bytes_total", "Bytes from clients", static p => p.BytesReceived);
        Counter(metrics, pools, "sent_bytes_total", "Bytes to clients", static p => p.BytesSent);
        Counter(metrics, pools, "client_wait_seconds_total", "Waiting for server connections", static p => p.WaitTime.TotalSeconds);
        Counter(
            metrics, pools, "server_in_transaction_seconds_total", "Server connections in the hands of clients",
            static p => p.TransactionTime.TotalSeconds);
    }

    private static void Gauge(
        MetricFactory metrics, IReadOnlyList<PoolSnapshot> pools, string name, string help, Func<PoolSnapshot, double> value)
    {
        var gauge = metrics.CreateGauge("pgbouncer_pools_" + name, help, "database", "user");
        foreach (var pool in pools)
        {
            gauge.WithLabels(NameOf(pool), pool.Key.User).Set(value(pool));
        }
    }

    private static void Counter(
        MetricFactory metrics, IReadOnlyList<PoolSnapshot> pools, string name, string help, Func<PoolSnapshot, double> value)
    {
        var counter = metrics.CreateCounter("pgbouncer_stats_" + name, help, "database");
        foreach (var database in pools.GroupBy(NameOf, StringComparer.Ordinal))
        {
            counter.WithLabels(database.Key).IncTo(database.Sum(value));
        }
    }

    private static string NameOf(PoolSnapshot pool) => ProxyServer.ConsoleNameOf(pool.Key);
}
