using Router.Proxy.Manners;
using Router.Proxy.Pooling;
using Router.Proxy.Routing;
using static Router.Proxy.Console.ConsoleType;

namespace Router.Proxy.Console;

/// <summary>SHOW LISTS, CONFIG, STATE, ROUTES and VERSION. Pure.</summary>
internal static class SettingTables
{
    public static ConsoleTable Version(string compatible, Personality personality)
    {
        var table = new ConsoleTable(("version", Text));
        table.Add(personality == Personality.PgBouncer ? $"PgBouncer {compatible}" : $"PgBouncer {compatible} (Router)");
        return table;
    }

    public static ConsoleTable State(PoolOrders orders)
    {
        var table = new ConsoleTable(("key", Text), ("value", Text));
        table.Add("active", YesOrNo(!orders.IsPaused && !orders.IsSuspended));
        table.Add("paused", YesOrNo(orders.IsPaused));
        table.Add("suspended", YesOrNo(orders.IsSuspended));
        return table;
    }

    private static string YesOrNo(bool isSo) => isSo ? "yes" : "no";

    public static ConsoleTable Lists(PoolsFact facts, ProxyOptions options, int peers)
    {
        var table = new ConsoleTable(("list", Text), ("items", Int4));
        var pooling = options.Pool ?? new PoolOptions();
        var databases = facts.Pools.Select(static pool => PoolTables.NameOf(pool.Key))
            .Concat(pooling.Databases.Databases.Select(static database => database.Name)).Append(AdminConsole.Database);
        table.Add("databases", databases.Distinct(StringComparer.Ordinal).Count());
        table.Add("users", UserTable.NamesOf(pooling).Count());
        table.Add("peers", peers);
        table.Add("pools", facts.Pools.Select(static pool => pool.Key).Distinct().Count());
        table.Add("peer_pools", peers);
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

    public static ConsoleTable Config(IReadOnlyList<SettingFact> settings)
    {
        var table = new ConsoleTable(("key", Text), ("value", Text), ("default", Text), ("changeable", Text));
        foreach (var setting in settings)
        {
            table.Add(setting.Key, setting.Value, setting.Default, setting.IsChangeable ? "yes" : "no");
        }

        return table;
    }
}
