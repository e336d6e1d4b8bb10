using System.Net;
using Router.Proxy.Pooling;
using Router.Transport;

namespace Router.Proxy.Console;

/// <summary>A client or a server connection of a pool, as SHOW CLIENTS and SHOW SERVERS tell of it.</summary>
/// <param name="Id">Counts clients and server connections together.</param>
/// <param name="State">PgBouncer's word.</param>
internal sealed record ConnectionFact(long Id, PoolKey Key, string State)
{
    /// <summary>The client's own name, where another one is logged in to the server.</summary>
    public string? User { get; init; }

    public EndPoint? Peer { get; init; }

    public EndPoint? Local { get; init; }

    public DateTimeOffset ConnectedAt { get; init; }

    /// <summary>When its last request began.</summary>
    public DateTimeOffset RequestedAt { get; init; }

    /// <summary>How long it has waited for a server connection; zero where it does not.</summary>
    public TimeSpan Wait { get; init; }

    public bool IsCloseNeeded { get; init; }

    /// <summary>The other side of the pair; null where it has none now.</summary>
    public long? Link { get; init; }

    /// <summary>The backend's process id; zero for a client.</summary>
    public int RemotePid { get; init; }

    /// <summary>logical or physical; null for an ordinary connection.</summary>
    public string? Replication { get; init; }

    /// <summary>Null in clear.</summary>
    public TlsFacts? Tls { get; init; }

    public string ApplicationName { get; init; } = "";

    /// <summary>Of a client: names it has prepared; of a server connection: what it has.</summary>
    public int PreparedStatements { get; init; }

    /// <summary>Why a client keeps its server connection between transactions; null where it does not.</summary>
    public string? Pin { get; init; }
}
