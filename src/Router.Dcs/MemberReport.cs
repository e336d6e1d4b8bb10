using Router.Cluster;

namespace Router.Dcs;

/// <summary>What a member writes into its own key. What is null or empty is left out.</summary>
public sealed record MemberReport
{
    /// <summary>Marks our own members: Patroni's write no <c>agent</c>, and ignore it (rule S12 asks who is there).</summary>
    public const string RouterAgent = "router";

    /// <summary><c>postgres://host:port/database</c>, without credentials.</summary>
    public required string ConnUrl { get; init; }

    /// <summary><c>http(s)://host:port/patroni</c>.</summary>
    public required string ApiUrl { get; init; }

    public required string State { get; init; }

    public required MemberRole Role { get; init; }

    /// <summary>Dotted integers, 4.0.0 or higher: Patroni's members decide by it.</summary>
    public required string Version { get; init; }

    public string? ProxyUrl { get; init; }

    /// <summary>Written (as <c>checkpoint_after_promote: false</c>) only while it is true.</summary>
    public bool AwaitsCheckpointAfterPromote { get; init; }

    /// <summary>Tag name to JSON text, in the order to be written.</summary>
    public EquatableList<KeyValuePair<string, string>> Tags { get; init; }

    public bool PendingRestart { get; init; }

    public EquatableList<PendingRestartReason> PendingRestartReasons { get; init; }

    public Lsn? XlogLocation { get; init; }

    public Lsn? ReplayLsn { get; init; }

    public Lsn? ReceiveLsn { get; init; }

    public string? ReplicationState { get; init; }

    public Timeline Timeline { get; init; }

    public ScheduledRestart? ScheduledRestart { get; init; }

    public bool Pause { get; init; }

    /// <summary><see cref="RouterAgent"/>; null writes exactly what Patroni writes.</summary>
    public string? Agent { get; init; } = RouterAgent;
}
