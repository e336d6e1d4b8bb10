using static Router.Proxy.Console.ConsoleType;

namespace Router.Proxy.Console;

/// <summary>SHOW SOCKETS and SHOW ACTIVE_SOCKETS: clients and servers in one table. Pure.</summary>
internal static class SocketTables
{
    private static readonly string[] Positions =
        ["recv_pos", "pkt_pos", "pkt_remain", "send_pos", "send_remain", "pkt_avail", "send_avail"];

    public static ConsoleTable All(PoolsFact facts) => Of(facts, static _ => true);

    /// <summary>Those that have something on the other side.</summary>
    public static ConsoleTable Active(PoolsFact facts) => Of(facts, static one => one.Link is not null);

    private static ConsoleTable Of(PoolsFact facts, Func<ConnectionFact, bool> isMeant)
    {
        var table = new ConsoleTable(
        [
            .. ConnectionTables.Columns,
            .. Positions.Select(static name => (name, Int4)),
        ]);
        Add(table, "C", "cl_", facts.Clients.Where(isMeant));
        Add(table, "S", "sv_", facts.Servers.Where(isMeant));
        return table;
    }

    /// <summary>Bytes that are held are the transport's, and not counted by message.</summary>
    private static void Add(ConsoleTable table, string type, string prefix, IEnumerable<ConnectionFact> connections)
    {
        foreach (var one in ConnectionTables.InOrder(connections))
        {
            var shown = one with { State = prefix + (one.State == "new" ? "login" : one.State) };
            table.Add([.. ConnectionTables.Values(type, shown), 0, 0, 0, 0, 0, 0, 0]);
        }
    }
}
