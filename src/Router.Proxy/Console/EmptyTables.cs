using Router.Proxy.Pooling;
using static Router.Proxy.Console.ConsoleType;

namespace Router.Proxy.Console;

/// <summary>Tables of what PgBouncer has and this proxy does not: their columns are there, for tools that ask for them. Pure.</summary>
internal static class EmptyTables
{
    /// <summary>Descriptors are not handed over to another process, so none are shown.</summary>
    public static ConsoleTable Descriptors() => new(
        ("fd", Int4), ("task", Text), ("user", Text), ("database", Text), ("addr", Text), ("port", Int4), ("cancel", Int8),
        ("link", Int4), ("client_encoding", Text), ("std_strings", Text), ("datestyle", Text), ("timezone", Text),
        ("password", Text), ("scram_client_key", Bytes), ("scram_server_key", Bytes));

    /// <summary>Objects in use; their sizes are the runtime's affair.</summary>
    public static ConsoleTable Memory(PoolsFact facts, PoolOptions pooling)
    {
        var table = new ConsoleTable(("name", Text), ("size", Int4), ("used", Int4), ("free", Int4), ("memtotal", Int4));
        table.Add("user_cache", 0, UserTable.NamesOf(pooling).Count(), 0, 0);
        table.Add("db_cache", 0, pooling.Databases.Databases.Length + 1, 0, 0);
        table.Add("pool_cache", 0, facts.Pools.Count, 0, 0);
        table.Add("server_cache", 0, facts.Servers.Count, 0, 0);
        table.Add("client_cache", 0, facts.Clients.Count, 0, 0);
        table.Add("iobuf_cache", 0, 0, 0, 0);
        return table;
    }

    /// <summary>Names are resolved when a connection is opened, by the system, which keeps what it finds.</summary>
    public static ConsoleTable DnsHosts() => new(("hostname", Text), ("ttl", Int8), ("addrs", Text));

    public static ConsoleTable DnsZones() => new(("zonename", Text), ("serial", Int8), ("count", Int4));
}
