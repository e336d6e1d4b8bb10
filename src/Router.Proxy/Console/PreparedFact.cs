using System.Text;
using Router.Proxy.Pooling;
using Router.Proxy.Statements;
using static Router.Proxy.Console.ConsoleType;

namespace Router.Proxy.Console;

/// <summary>A prepared statement of a pool, as SHOW PREPARED tells of it.</summary>
/// <param name="Name">On server connections.</param>
/// <param name="Users">Clients' names for it and server connections that have it.</param>
internal sealed record PreparedFact(PoolKey Key, string Name, int Users, string Query)
{
    private const int QueryMax = 200;

    public static PreparedFact Of(BackendPool pool, Statement statement)
    {
        var body = statement.Body.AsSpan();
        var query = body[..Math.Max(0, body.IndexOf((byte)0))];
        var isLong = query.Length > QueryMax;
        return new PreparedFact(
            pool.Key,
            Encoding.ASCII.GetString(statement.ServerName),
            statement.Users,
            Encoding.UTF8.GetString(isLong ? query[..QueryMax] : query) + (isLong ? "…" : ""));
    }

    public static ConsoleTable Table(IEnumerable<PreparedFact> statements)
    {
        var table = new ConsoleTable(
            [("database", Text), ("user", Text), ("name", Text), ("users", Int4), ("query", Text)]);
        foreach (var one in statements.OrderBy(static one => PoolTables.NameOf(one.Key), StringComparer.Ordinal)
            .ThenBy(static one => one.Key.User, StringComparer.Ordinal).ThenByDescending(static one => one.Users))
        {
            table.Add(PoolTables.NameOf(one.Key), one.Key.User, one.Name, one.Users, one.Query);
        }

        return table;
    }
}
