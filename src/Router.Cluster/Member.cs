namespace Router.Cluster;

/// <summary>A <c>members/NAME</c> key: what a member publishes of itself at the end of each of its cycles.</summary>
public sealed record Member
{
    public required MemberName Name { get; init; }

    public Revision ModRevision { get; init; }

    /// <summary>The key stands but cannot be read: of this member only the name is known.</summary>
    public bool IsUnreadable { get; init; }

    /// <summary>Who wrote the key: null for Patroni, <c>router</c> for ours.</summary>
    public string? Agent { get; init; }

    /// <summary><c>postgres://host:port/database</c>, without credentials; null when the key did not say.</summary>
    public string? ConnUrl { get; init; }

    /// <summary>Host and port of <see cref="ConnUrl"/>; null when it is missing or not a URL.</summary>
    public MemberAddress? Address { get; init; }

    /// <summary><c>http(s)://host:port/patroni</c>.</summary>
    public string? ApiUrl { get; init; }

    /// <summary>Patroni's state text: <c>running</c>, <c>stopped</c>, <c>creating replica</c> …</summary>
    public string State { get; init; } = "";

    public MemberRole Role { get; init; }

    /// <summary>The agent's version, dotted integers.</summary>
    public string? Version { get; init; }

    public MemberTags Tags { get; init; } = MemberTags.None;

    /// <summary>Primary: flush position. Standby: the greater of received and replayed.</summary>
    public Lsn? XlogLocation { get; init; }

    public Lsn? ReceiveLsn { get; init; }

    public Lsn? ReplayLsn { get; init; }

    /// <summary><c>streaming</c> or <c>in archive recovery</c>; null where the member did not say.</summary>
    public string? ReplicationState { get; init; }

    public Timeline Timeline { get; init; }

    /// <summary>True while a new leader has not finished its checkpoint: no source for pg_rewind yet.</summary>
    public bool AwaitsCheckpointAfterPromote { get; init; }

    public bool PendingRestart { get; init; }

    public bool Pause { get; init; }

    /// <summary>The key's text, for readers that pass it on whole.</summary>
    public string Json { get; init; } = "{}";

    public bool IsRunning => State == "running";

    /// <summary>A Patroni before 3.0.4 publishes no replication state: running counts as streaming then.</summary>
    public bool IsStreaming => IsRunning && ReplicationState is null or "streaming";
}
