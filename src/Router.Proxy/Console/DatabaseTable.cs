using Router.Proxy.Listening;
using Router.Proxy.Pooling;
using Router.Proxy.Routing;
using static Router.Proxy.Console.ConsoleType;

namespace Router.Proxy.Console;

/// <summary>SHOW DATABASES: those of the configuration, and those that have a pool. Pure.</summary>
internal static class DatabaseTable
{
    public static ConsoleTable Of(
        PoolsFact facts, ProxyOptions options, RoutingView view, PoolOrders orders, ClientCounts clients)
    {
        var table = new ConsoleTable(
            ("name", Text), ("host", Text), ("port", Int4), ("database", Text), ("force_user", Text), ("pool_size", Int4),
            ("min_pool_size", Int4), ("reserve_pool_size", Int4), ("server_lifetime", Int4), ("pool_mode", Text),
            ("load_balance_hosts", Text), ("max_connections", Int4), ("current_connections", Int4),
            ("max_client_connections", Int4), ("current_client_connections", Int4), ("paused", Int4), ("disabled", Int4));
        var pooling = options.Pool ?? new PoolOptions();
        var pools = facts.Pools.Select(static pool => pool.Key).Where(static key => key.Database != AdminConsole.Database)
            .Concat(pooling.Databases.Databases.Select(static one => new PoolKey(ListenerKind.Primary, one.Name, "")));
        foreach (var (name, key) in pools.Select(static key => (Name: PoolTables.NameOf(key), Key: key with { User = "" }))
            .Distinct().OrderBy(static pair => pair.Name, StringComparer.Ordinal))
        {
            if (pooling.Databases.Find(key.Database) is { } database)
            {
                var own = pooling.For(database, user: "");
                var (host, port) = AddressOf(database, key.Kind, view);
                table.Add(
                    name, host, port, database.Target.ServerDatabase ?? database.Name, database.Target.User, own.PoolSize,
                    own.MinPoolSize, own.ReservePoolSize, (int)own.ServerLifetime.TotalSeconds,
                    database.Overrides.Mode is { } mode ? PoolTables.ModeOf(mode) : null, BalancingOf(database.Target),
                    own.MaxDatabaseConnections, facts.Servers.Count(one => PoolTables.NameOf(one.Key) == name),
                    own.MaxDatabaseClients, clients.OfDatabase(key.Database), orders.Paused.Contains(key.Database) ? 1 : 0,
                    orders.Disabled.Contains(key.Database) ? 1 : 0);
            }
        }

        const string Console = AdminConsole.Database;
        table.Add(
            Console, null, options.PrimaryListen.OfType<System.Net.IPEndPoint>().FirstOrDefault()?.Port ?? 0, Console, Console, 2, 0,
            0, 0, "statement", null, 0, 0, 0, 0, 0, 0);
        return table;
    }

    private static (string? Host, int Port) AddressOf(DatabaseOptions database, ListenerKind kind, RoutingView view)
    {
        if (database.Target.Servers is { Count: > 0 } servers)
        {
            return (string.Join(',', servers.Select(static server => server.Host)), servers[0].Port);
        }

        var address = kind == ListenerKind.Primary ? view.Primary?.Member.Address
            : view.Replicas.Count > 0 ? view.Replicas[0].Address
            : null;
        return (address?.Host, address?.Port ?? 0);
    }

    private static string? BalancingOf(DatabaseTarget target) =>
        target.Servers.Count < 2 ? null : target.StaysOnOneServer ? "disable" : "round-robin";
}
