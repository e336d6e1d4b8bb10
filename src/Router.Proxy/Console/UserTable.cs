using System.Globalization;
using Router.Proxy.Listening;
using Router.Proxy.Pooling;
using static Router.Proxy.Console.ConsoleType;

namespace Router.Proxy.Console;

/// <summary>SHOW USERS: those of the user list, those with settings of their own, and forced ones. Pure.</summary>
internal static class UserTable
{
    public static ConsoleTable Of(PoolOptions pooling, PoolBudget budget, ClientCounts clients)
    {
        var table = new ConsoleTable(
            ("name", Text), ("pool_size", Text), ("reserve_pool_size", Text), ("pool_mode", Text), ("max_user_connections", Int4),
            ("current_connections", Int4), ("max_user_client_connections", Int4), ("current_client_connections", Int4));
        foreach (var name in NamesOf(pooling))
        {
            var own = pooling.Databases.OverridesOf(name);
            table.Add(
                name, Padded(own.PoolSize), Padded(own.ReservePoolSize),
                own.Mode is { } mode ? PoolTables.ModeOf(mode) : null, own.MaxUserConnections ?? pooling.MaxUserConnections,
                budget.OfUser(name), own.MaxUserClients ?? pooling.MaxUserClients, clients.OfUser(name));
        }

        return table;
    }

    public static IEnumerable<string> NamesOf(PoolOptions pooling) => pooling.Users.Names
        .Concat(pooling.Databases.Users)
        .Concat(pooling.Databases.Databases.Select(static database => database.Target.User).OfType<string>())
        .Append(AdminConsole.Database)
        .Distinct(StringComparer.Ordinal)
        .Order(StringComparer.Ordinal);

    /// <summary>PgBouncer's own form: a text, at the right of nine places.</summary>
    private static string Padded(int? number) => number?.ToString(CultureInfo.InvariantCulture).PadLeft(9) ?? "";
}
