using Router.Proxy.Peers;
using static Router.Proxy.Console.ConsoleType;

namespace Router.Proxy.Console;

/// <summary>SHOW PEERS and PEER_POOLS. Pure.</summary>
internal static class PeerTables
{
    public static ConsoleTable Peers(IEnumerable<PeerPool> peers)
    {
        var table = new ConsoleTable(("peer_id", Int4), ("host", Text), ("port", Int4), ("pool_size", Int4));
        foreach (var peer in peers)
        {
            table.Add(peer.Options.Id, peer.Options.Address.Host, peer.Options.Address.Port, peer.Size);
        }

        return table;
    }

    /// <summary>A request and the connection that carries it to its peer are counted from the moment it has a place.</summary>
    public static ConsoleTable PeerPools(IEnumerable<PeerPool> peers)
    {
        var table = new ConsoleTable(
            ("peer_id", Int4), ("cl_active_cancel_req", Int4), ("cl_waiting_cancel_req", Int4), ("sv_active_cancel", Int4),
            ("sv_login", Int4));
        foreach (var peer in peers)
        {
            table.Add(peer.Options.Id, peer.Active, peer.Waiting, peer.Active, 0);
        }

        return table;
    }
}
