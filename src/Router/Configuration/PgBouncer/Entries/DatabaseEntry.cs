using System.Collections.Immutable;
using Router.Configuration.PgBouncer.Ini;
using Router.Configuration.Yaml;
using Router.Proxy.Pooling;

namespace Router.Configuration.PgBouncer.Entries;

/// <summary>
/// One line of <c>[databases]</c>: a name that clients ask for, and what they get. Null and empty: not said, so that
/// the client's own or the global setting holds.
/// </summary>
internal sealed record DatabaseEntry : INamedEntry
{
    /// <summary>The name of the entry for every database that has none of its own.</summary>
    public const string Fallback = "*";

    public required string Name { get; init; }

    public required SourcePosition At { get; init; }

    /// <summary>What was written, with the position of each value.</summary>
    public required ImmutableArray<IniEntry> Written { get; init; }

    /// <summary><c>dbname</c>; null: the name that the client asked for.</summary>
    public string? DatabaseName { get; init; }

    /// <summary><c>host</c>: names, addresses, paths of directories with unix sockets; empty: the system's directory.</summary>
    public ImmutableArray<string> Hosts { get; init; } = [];

    public int Port { get; init; } = 5432;

    /// <summary><c>user</c>: who logs in to the server, whoever the client is.</summary>
    public string? User { get; init; }

    public Secret? Password { get; init; }

    public string? AuthUser { get; init; }

    public string? AuthQuery { get; init; }

    /// <summary><c>auth_dbname</c>.</summary>
    public string? AuthDatabaseName { get; init; }

    public string? ClientEncoding { get; init; }

    public string? DateStyle { get; init; }

    public string? TimeZone { get; init; }

    public string? ApplicationName { get; init; }

    /// <summary>Runs once after the login to the server.</summary>
    public string? ConnectQuery { get; init; }

    public int? PoolSize { get; init; }

    public int? MinPoolSize { get; init; }

    /// <summary><c>reserve_pool_size</c>, or <c>reserve_pool</c>.</summary>
    public int? ReservePoolSize { get; init; }

    /// <summary><c>max_db_connections</c>.</summary>
    public int? MaxDatabaseConnections { get; init; }

    /// <summary><c>max_db_client_connections</c>.</summary>
    public int? MaxDatabaseClientConnections { get; init; }

    public TimeSpan? ServerLifetime { get; init; }

    public TimeSpan? QueryWaitTimeout { get; init; }

    public PoolMode? PoolMode { get; init; }

    public LoadBalanceHosts? LoadBalanceHosts { get; init; }

    public bool IsFallback => Name == Fallback;

    // Its parts may be printed; the whole holds a password.
    public override string ToString() => $"{Name} at {At}";
}
