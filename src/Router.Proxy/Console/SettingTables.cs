using System.Globalization;
using Router.Proxy.Pooling;
using Router.Proxy.Routing;
using static Router.Proxy.Console.ConsoleType;

namespace Router.Proxy.Console;

/// <summary>SHOW DATABASES, LISTS, CONFIG, STATE, ROUTES and VERSION. Pure.</summary>
internal static class SettingTables
{
    public static ConsoleTable Version(string compatible)
    {
        var table = new ConsoleTable(("version", Text));
        table.Add($"PgBouncer {compatible} (Router)");
        return table;
    }

    public static ConsoleTable State()
    {
        var table = new ConsoleTable(("key", Text), ("value", Text));
        table.Add("active", "yes");
        table.Add("paused", "no");
        table.Add("suspended", "no");
        return table;
    }

    public static ConsoleTable Databases(PoolsFact facts, ProxyOptions options, RoutingView view)
    {
        var table = new ConsoleTable(
            ("name", Text), ("host", Text), ("port", Int4), ("database", Text), ("force_user", Text), ("pool_size", Int4),
            ("min_pool_size", Int4), ("reserve_pool_size", Int4), ("server_lifetime", Int4), ("pool_mode", Text),
            ("load_balance_hosts", Text), ("max_connections", Int4), ("current_connections", Int4),
            ("max_client_connections", Int4), ("current_client_connections", Int4), ("paused", Int4), ("disabled", Int4));
        var pooling = options.Pool ?? new PoolOptions();
        foreach (var group in facts.Pools.GroupBy(static pool => (Name: PoolTables.NameOf(pool.Key), pool.Key.Database, pool.Key.Kind))
            .OrderBy(static group => group.Key.Name, StringComparer.Ordinal))
        {
            var server = group.Key.Kind == ListenerKind.Primary ? view.Primary?.Member : view.Replicas.Count > 0 ? view.Replicas[0] : null;
            table.Add(
                group.Key.Name, server?.Address.Host, server?.Address.Port ?? 0, group.Key.Database, null, pooling.PoolSize,
                pooling.MinPoolSize, pooling.ReservePoolSize, (int)pooling.ServerLifetime.TotalSeconds,
                PoolTables.ModeOf(pooling.Mode), null, pooling.MaxDatabaseConnections,
                facts.Servers.Count(one => PoolTables.NameOf(one.Key) == group.Key.Name), 0,
                facts.Clients.Count(one => PoolTables.NameOf(one.Key) == group.Key.Name), 0, 0);
        }

        table.Add(
            AdminConsole.Database, null, 0, AdminConsole.Database, AdminConsole.Database, 2, 0, 0, 0, "statement", null, 0, 0, 0,
            0, 0, 0);
        return table;
    }

    public static ConsoleTable Lists(PoolsFact facts, ProxyOptions options)
    {
        var table = new ConsoleTable(("list", Text), ("items", Int4));
        table.Add("databases", facts.Pools.Select(static pool => PoolTables.NameOf(pool.Key)).Distinct(StringComparer.Ordinal).Count() + 1);
        table.Add("users", options.Pool?.Users.Count ?? 0);
        table.Add("peers", 0);
        table.Add("pools", facts.Pools.Select(static pool => pool.Key).Distinct().Count());
        table.Add("peer_pools", 0);
        table.Add("free_clients", 0);
        table.Add("used_clients", facts.Clients.Count);
        table.Add("login_clients", 0);
        table.Add("free_servers", 0);
        table.Add("used_servers", facts.Servers.Count);
        table.Add("dns_names", 0);
        table.Add("dns_zones", 0);
        table.Add("dns_queries", 0);
        table.Add("dns_pending", 0);
        return table;
    }

    /// <summary>Where each kind of client goes now, and why not where it does not.</summary>
    public static ConsoleTable Routes(RoutingView view, ProxyCounters counters)
    {
        var table = new ConsoleTable(
            ("kind", Text), ("member", Text), ("host", Text), ("port", Int4), ("hold", Text), ("held_total", Int8));
        var totals = counters.Snapshot();
        table.Add(
            "primary", view.Primary?.Member.Name.ToString(), view.Primary?.Member.Address.Host,
            view.Primary?.Member.Address.Port ?? 0, view.Hold, totals.HeldPrimaryTotal);
        foreach (var replica in view.Replicas)
        {
            table.Add("replica", replica.Name.ToString(), replica.Address.Host, replica.Address.Port, null, totals.HeldReplicaTotal);
        }

        return table;
    }

    public static ConsoleTable Config(ProxyOptions options)
    {
        var table = new ConsoleTable(("key", Text), ("value", Text), ("default", Text), ("changeable", Text));
        var (now, byDefault) = (Values(options), Values(new ProxyOptions { Pool = new PoolOptions() }));
        foreach (var (key, value) in now.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            table.Add(key, value, byDefault[key], key == "listen_backlog" ? "no" : "yes");
        }

        return table;
    }

    private static Dictionary<string, string> Values(ProxyOptions options)
    {
        var pool = options.Pool ?? new PoolOptions();
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["auth_type"] = pool.Authentication.ToString().ToLowerInvariant(),
            ["cancel_wait_timeout"] = Seconds(options.CancelWaitTimeout),
            ["client_idle_timeout"] = Seconds(pool.ClientIdleTimeout),
            ["client_login_timeout"] = Seconds(options.ClientLoginTimeout),
            ["default_pool_size"] = Number(pool.PoolSize),
            ["hold_timeout"] = Seconds(options.HoldTimeout),
            ["idle_transaction_timeout"] = Seconds(pool.IdleTransactionTimeout),
            ["listen_backlog"] = Number(options.ListenBacklog),
            ["max_client_conn"] = Number(options.MaxClientConnections),
            ["max_db_connections"] = Number(pool.MaxDatabaseConnections),
            ["max_user_connections"] = Number(pool.MaxUserConnections),
            ["min_pool_size"] = Number(pool.MinPoolSize),
            ["pool_mode"] = PoolTables.ModeOf(pool.Mode),
            ["query_timeout"] = Seconds(pool.QueryTimeout),
            ["query_wait_timeout"] = Seconds(pool.QueryWaitTimeout),
            ["reserve_pool_size"] = Number(pool.ReservePoolSize),
            ["reserve_pool_timeout"] = Seconds(pool.ReservePoolTimeout),
            ["server_check_delay"] = Seconds(pool.CheckDelay),
            ["server_check_query"] = pool.CheckQuery,
            ["server_connect_timeout"] = Seconds(options.ServerConnectTimeout),
            ["server_idle_timeout"] = Seconds(pool.ServerIdleTimeout),
            ["server_lifetime"] = Seconds(pool.ServerLifetime),
            ["server_login_retry"] = Seconds(pool.ServerLoginRetry),
            ["server_reset_query"] = pool.ResetQuery,
            ["server_reset_query_always"] = pool.ResetQueryAlways ? "1" : "0",
            ["server_round_robin"] = pool.RoundRobin ? "1" : "0",
            ["transaction_timeout"] = Seconds(pool.TransactionTimeout),
        };
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan value) => value.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
}
