using System.Collections.Immutable;
using Router.Cluster;

namespace Router.Proxy;

/// <summary>
/// The proxy's counters at one moment, for metrics and the console. Totals only grow; the byte totals contain the live
/// sessions.
/// </summary>
public sealed record ProxySnapshot
{
    /// <summary>Clients of the primary listeners that have a backend.</summary>
    public int PrimaryClientsActive { get; init; }

    /// <summary>Clients of the primary listeners that log in or wait for a usable member.</summary>
    public int PrimaryClientsWaiting { get; init; }

    public int ReplicaClientsActive { get; init; }

    public int ReplicaClientsWaiting { get; init; }

    /// <summary>Clients in the hold queue.</summary>
    public int HoldQueueLength { get; init; }

    /// <summary>Clients that wait for a server connection of their pool.</summary>
    public int PoolClientsWaiting { get; init; }

    /// <summary>Server connections of pools that nobody uses.</summary>
    public int PoolServersIdle { get; init; }

    /// <summary>Server connections of pools that are being opened.</summary>
    public int PoolServersOpening { get; init; }

    /// <summary>Server connections of pools, idle or not.</summary>
    public int PoolServers { get; init; }

    /// <summary>How long each event loop has worked since the start; the rest it has waited.</summary>
    public ImmutableArray<TimeSpan> LoopsBusy { get; init; } = [];

    /// <summary>Clients that sent a StartupMessage.</summary>
    public long ClientsTotal { get; init; }

    /// <summary>Clients that had to wait for a usable primary.</summary>
    public long HeldPrimaryTotal { get; init; }

    public long HeldReplicaTotal { get; init; }

    /// <summary>Clients that waited for hold_timeout in vain.</summary>
    public long HoldTimeoutsTotal { get; init; }

    public long HoldQueueFullTotal { get; init; }

    public long BackendOpenFailuresTotal { get; init; }

    public long CancelsForwardedTotal { get; init; }

    /// <summary>Cancel requests whose key nobody has.</summary>
    public long CancelsUnknownTotal { get; init; }

    /// <summary>Cancel requests beyond cancel_max_inflight.</summary>
    public long CancelsDroppedTotal { get; init; }

    public long BytesFromClientsTotal { get; init; }

    public long BytesFromBackendsTotal { get; init; }

    public HandshakeTotals ClientHandshakes { get; init; }

    public HandshakeTotals ServerHandshakes { get; init; }

    /// <summary>Backend connections now, for each member ever routed to.</summary>
    public IReadOnlyDictionary<MemberName, int> BackendsOfMembers { get; init; } =
        ImmutableDictionary<MemberName, int>.Empty;

    /// <summary>Final errors that the proxy itself sent, by SQLSTATE.</summary>
    public ImmutableSortedDictionary<string, long> FinalErrorsTotal { get; init; } =
        ImmutableSortedDictionary<string, long>.Empty;
}
