namespace Router.Cluster.Local;

/// <summary>
/// What one probe saw of the local instance. Positions, timeline and rows are there only when
/// <see cref="State"/> is <see cref="PostgresState.Running"/>.
/// </summary>
public sealed record PostgresFacts
{
    public DataDirectoryState DataDirectory { get; init; }

    /// <summary>Why the directory is unusable, or what did not end in it; one sentence.</summary>
    public string? DataDirectoryReason { get; init; }

    /// <summary>Null where there is no valid data directory.</summary>
    public ControlFile? Control { get; init; }

    /// <summary>Whether <c>standby.signal</c> lies in the directory: it would start as a standby.</summary>
    public bool HasStandbySignal { get; init; }

    public PostgresState State { get; init; }

    /// <summary>Why it is <see cref="PostgresState.Refusing"/>: PostgreSQL's error, SQLSTATE first, where it gave one.</summary>
    public string? Refusal { get; init; }

    /// <summary>Known only while running; a starting instance with standby.signal counts as in recovery.</summary>
    public bool IsInRecovery { get; init; }

    public Timeline Timeline { get; init; }

    /// <summary>Primary: pg_current_wal_flush_lsn().</summary>
    public Lsn FlushLsn { get; init; }

    /// <summary>Standby: pg_last_wal_receive_lsn().</summary>
    public Lsn ReceiveLsn { get; init; }

    /// <summary>Standby: pg_last_wal_replay_lsn().</summary>
    public Lsn ReplayLsn { get; init; }

    public bool IsReplayPaused { get; init; }

    public DateTimeOffset? ReplayTimestamp { get; init; }

    /// <summary><c>streaming</c>, <c>in archive recovery</c> or null on a primary.</summary>
    public string? ReplicationState { get; init; }

    public DateTimeOffset? PostmasterStartTime { get; init; }

    public int ServerVersion { get; init; }

    /// <summary>Whom it streams from by its present configuration; null: nobody, or a primary.</summary>
    public FollowTarget? Following { get; init; }

    /// <summary>The effective synchronous_standby_names.</summary>
    public string SynchronousStandbyNames { get; init; } = "";

    /// <summary>synchronous_commit, which says what position of a standby counts.</summary>
    public string SynchronousCommit { get; init; } = "on";

    public EquatableList<StandbyConnection> Standbys { get; init; }

    public EquatableList<ReplicationSlot> Slots { get; init; }

    /// <summary>Settings that wait for a restart: name, value now, value wanted.</summary>
    public EquatableList<PendingSetting> PendingRestart { get; init; }

    public SystemIdentifier? Identifier => Control?.Identifier;

    /// <summary>True while the instance takes writes, or may do so at its next breath.</summary>
    public bool IsPrimary => State switch
    {
        PostgresState.Running => !IsInRecovery,
        PostgresState.Stopped => false,
        _ => !HasStandbySignal,
    };

    public bool IsRunningStandby => State == PostgresState.Running && IsInRecovery;

    /// <summary>How far this member's WAL reaches: what a race compares.</summary>
    public Lsn Position => IsInRecovery ? Lsn.Max(ReceiveLsn, ReplayLsn) : FlushLsn;
}
