using Router.Cluster;

namespace Router.Proxy.Pooling;

/// <summary>
/// What the server connections of a database have in common: when it changes, those that are open are of no use any more.
/// Compares by value.
/// </summary>
public sealed record DatabaseTarget
{
    /// <summary>
    /// <c>host</c> and <c>port</c>: servers that stand in the configuration. A host that begins with a slash is the
    /// directory of a unix socket, one with an at sign an abstract one. Empty: the cluster's member, as its store says.
    /// </summary>
    public EquatableList<MemberAddress> Servers { get; init; }

    /// <summary><c>load_balance_hosts=disable</c>: the same server until it fails; else each in turn.</summary>
    public bool StaysOnOneServer { get; init; }

    /// <summary><c>dbname</c>; null: the name that the client asked for.</summary>
    public string? ServerDatabase { get; init; }

    /// <summary><c>user</c>: who logs in to the server, whoever the client is; null: the client.</summary>
    public string? User { get; init; }

    /// <summary><c>connect_query</c>: runs once after the login to the server.</summary>
    public string? ConnectQuery { get; init; }
}
