using Router.Cluster;

namespace Router.Agent;

/// <summary>What an agent needs to know of itself; everything that the cluster agrees on is in the store's config.</summary>
public sealed record AgentOptions
{
    public required MemberName Name { get; init; }

    public required string Scope { get; init; }

    /// <summary><c>postgres://connect_address/database</c>, published without credentials.</summary>
    public required string ConnUrl { get; init; }

    /// <summary><c>http(s)://restapi.connect_address/patroni</c>.</summary>
    public required string ApiUrl { get; init; }

    /// <summary><c>postgresql.proxy_address</c> as a URL.</summary>
    public string? ProxyUrl { get; init; }

    public MemberTags Tags { get; init; } = MemberTags.None;

    /// <summary><c>bootstrap.dcs</c>: the config key's first document.</summary>
    public string BootstrapConfigJson { get; init; } = "{}";

    public GuardMode Guard { get; init; } = GuardMode.Automatic;

    /// <summary><c>postgresql.use_pg_rewind</c>; null leaves it to the store's document, as with the next one.</summary>
    public bool? UsePgRewind { get; init; }

    public bool? RemoveDataDirectoryOnDivergedTimelines { get; init; }

    /// <summary>How long SIGTERM waits for PostgreSQL's fast stop and for a replica to have everything.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
