using System.Globalization;
using System.Net;
using System.Net.Sockets;
using static Router.Proxy.Console.ConsoleType;

namespace Router.Proxy.Console;

/// <summary>SHOW CLIENTS and SHOW SERVERS. Pure.</summary>
internal static class ConnectionTables
{
    public static ConsoleTable Clients(IEnumerable<ConnectionFact> clients) => Of("C", clients);

    public static ConsoleTable Servers(IEnumerable<ConnectionFact> servers) => Of("S", servers);

    /// <summary>SHOW PINS, ours: who keeps a server connection, which one, and why.</summary>
    public static ConsoleTable Pins(IEnumerable<ConnectionFact> clients)
    {
        var table = new ConsoleTable(
        [
            ("user", Text), ("database", Text), ("addr", Text), ("port", Int4), ("reason", Text), ("connect_time", Text),
            ("request_time", Text), ("ptr", Text), ("link", Text), ("application_name", Text), ("id", Int4),
        ]);
        foreach (var one in InOrder(clients.Where(static one => one.Pin is not null)))
        {
            table.Add(
                one.User ?? one.Key.User, PoolTables.NameOf(one.Key), AddressOf(one.Peer), PortOf(one.Peer), one.Pin,
                TimeOf(one.ConnectedAt), TimeOf(one.RequestedAt), PointerOf(one.Id),
                one.Link is { } link ? PointerOf(link) : "", one.ApplicationName, (int)one.Id);
        }

        return table;
    }

    public static (string Name, ConsoleType Type)[] Columns =>
    [
            ("type", Text), ("user", Text), ("database", Text), ("replication", Text), ("state", Text), ("addr", Text),
            ("port", Int4), ("local_addr", Text), ("local_port", Int4), ("connect_time", Text), ("request_time", Text),
            ("wait", Int4), ("wait_us", Int4), ("close_needed", Int4), ("ptr", Text), ("link", Text), ("remote_pid", Int4),
            ("tls", Text), ("application_name", Text), ("prepared_statements", Int4), ("id", Int4),
    ];

    public static IEnumerable<ConnectionFact> InOrder(IEnumerable<ConnectionFact> connections) =>
        connections.OrderBy(static one => PoolTables.NameOf(one.Key), StringComparer.Ordinal)
            .ThenBy(static one => one.Key.User, StringComparer.Ordinal).ThenBy(static one => one.Id);

    /// <summary>One value for each of <see cref="Columns"/>.</summary>
    public static object?[] Values(string type, ConnectionFact one) =>
    [
                type, one.User ?? one.Key.User, PoolTables.NameOf(one.Key), one.Replication ?? "none", one.State,
                AddressOf(one.Peer), PortOf(one.Peer),
                AddressOf(one.Local), PortOf(one.Local), TimeOf(one.ConnectedAt), TimeOf(one.RequestedAt),
                (int)one.Wait.TotalSeconds, one.Wait.Microseconds + one.Wait.Milliseconds * 1000,
                one.IsCloseNeeded ? 1 : 0, PointerOf(one.Id), one.Link is { } link ? PointerOf(link) : "", one.RemotePid,
                one.Tls?.ToString() ?? "", one.ApplicationName,
                one.PreparedStatements, (int)one.Id,
    ];

    private static ConsoleTable Of(string type, IEnumerable<ConnectionFact> connections)
    {
        var table = new ConsoleTable(Columns);
        foreach (var one in InOrder(connections))
        {
            table.Add(Values(type, one));
        }

        return table;
    }

    /// <summary>PgBouncer shows a memory address; ours is only as good as that to find the other side of a link.</summary>
    private static string PointerOf(long id) => string.Create(CultureInfo.InvariantCulture, $"0x{id:x}");

    private static string AddressOf(EndPoint? endPoint) => endPoint switch
    {
        IPEndPoint ip => ip.Address.ToString(),
        UnixDomainSocketEndPoint => "unix",
        _ => "",
    };

    private static int PortOf(EndPoint? endPoint) => endPoint is IPEndPoint ip ? ip.Port : 0;

    private static string TimeOf(DateTimeOffset time) =>
        time == default ? "" : time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
