using System.Collections.Immutable;
using System.Net;
using Router.Cluster;
using Router.Proxy.Listening;
using Router.Proxy.Manners;
using Router.Proxy.Peers;
using Router.Proxy.Pooling;

namespace Router.Proxy;

/// <summary>
/// The proxy's settings, parsed and checked at the edge. Each property names its key in <c>router.yml</c>; names are
/// PgBouncer's where the meaning is the same. Replaced whole on reload.
/// </summary>
public sealed record ProxyOptions
{
    /// <summary><c>listen.primary</c>: clients that reach the one member which may be written to.</summary>
    public ImmutableArray<EndPoint> PrimaryListen { get; init; } = [];

    /// <summary><c>listen.replica</c>: clients that reach a streaming replica.</summary>
    public ImmutableArray<EndPoint> ReplicaListen { get; init; } = [];

    /// <summary><c>listen_backlog</c>: length of the kernel's accept queue of each address.</summary>
    public int ListenBacklog { get; init; } = 512;

    /// <summary><c>so_reuseport</c>: another process may serve the same address.</summary>
    public bool ReusePort { get; init; }

    /// <summary><c>unix_socket_mode</c>: permissions of a unix socket's file; the system's default where null.</summary>
    public UnixFileMode? UnixSocketMode { get; init; }

    /// <summary>
    /// <c>max_client_conn</c>: clients of all listeners together, waiting ones too; the next one hears 53300. Cancel
    /// requests do not count.
    /// </summary>
    public int MaxClientConnections { get; init; } = 10_000;

    /// <summary>
    /// <c>client_login_timeout</c>: for the startup packets, and again for the authentication. This one and the next two may
    /// be <see cref="Timeout.InfiniteTimeSpan"/>.
    /// </summary>
    public TimeSpan ClientLoginTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary><c>server_connect_timeout</c>: for one attempt to open a connection to a member.</summary>
    public TimeSpan ServerConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary><c>proxy_protocol</c>: whose word counts for where a client comes from.</summary>
    public ProxyProtocolOptions ProxyProtocol { get; init; } = ProxyProtocolOptions.Off;

    /// <summary>TLS with clients.</summary>
    public TlsOptions ClientTls { get; init; } = TlsOptions.Disabled;

    /// <summary>TLS with servers.</summary>
    public TlsOptions ServerTls { get; init; } = TlsOptions.Preferred;

    /// <summary><c>hold_timeout</c>: how long a client waits for a usable member before it hears 57P03.</summary>
    public TimeSpan HoldTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary><c>hold_queue_max</c>: clients that may wait at the same time; the next one hears 57P03 at once.</summary>
    public int HoldQueueMax { get; init; } = 10_000;

    /// <summary><c>replica_fallback_to_primary</c>: replica clients use the primary while no replica streams.</summary>
    public bool ReplicaFallbackToPrimary { get; init; } = true;

    /// <summary>
    /// <c>replica_cut_on_role_change</c>: a session on a replica is cut when its member becomes the primary or leaves the
    /// cluster, as HAProxy's <c>on-marked-down shutdown-sessions</c> does; otherwise it goes on while its backend does.
    /// </summary>
    public bool ReplicaCutOnRoleChange { get; init; } = true;

    /// <summary><c>cancel_wait_timeout</c>: for passing on one cancel request.</summary>
    public TimeSpan CancelWaitTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary><c>cancel_max_inflight</c>: cancel requests passed on at the same time; more are dropped.</summary>
    public int CancelMaxInFlight { get; init; } = 100;

    /// <summary><c>peer_id</c>: which process of <see cref="Peers"/> this is; 0: it is alone.</summary>
    public int PeerId { get; init; }

    /// <summary><c>peers</c>: the processes that clients reach by the same address; this one may be among them.</summary>
    public EquatableList<PeerOptions> Peers { get; init; } = [];

    /// <summary><c>drain_timeout</c>: at shutdown, how long sessions may go on before they are cut.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Pooling, where <c>pool_mode</c> is set; null: each client has a server connection of its own, and authenticates
    /// there itself.
    /// </summary>
    public PoolOptions? Pool { get; init; }

    /// <summary><c>log_connections</c>: who has logged in, by name and address.</summary>
    public bool LogConnections { get; init; }

    /// <summary><c>log_disconnections</c>: and who has left, and why.</summary>
    public bool LogDisconnections { get; init; }

    /// <summary><c>log_pooler_errors</c>: what clients were told by the proxy itself.</summary>
    public bool LogPoolerErrors { get; init; }

    /// <summary><c>log_stats</c>: a line of averages in each stats_period.</summary>
    public bool LogStats { get; init; }

    /// <summary>In whose manner clients are spoken to.</summary>
    public Personality Personality { get; init; }

    /// <summary>
    /// The account, by its number, whose processes are let into the console as user <c>pgbouncer</c> by a unix socket without
    /// a password; null: none.
    /// </summary>
    public uint? ConsoleOwner { get; init; }

    /// <summary><c>relay_held_max</c>: bytes that one direction of a session holds for a slow reader.</summary>
    public int RelayHeldMax { get; init; } = 128 * 1024;
}
