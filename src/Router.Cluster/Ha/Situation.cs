using Router.Cluster.Guarding;
using Router.Cluster.Local;

namespace Router.Cluster.Ha;

/// <summary>One cycle's facts together, and the questions that several policies ask of them.</summary>
internal sealed record Situation(ClusterView View, LocalState Local, HaSettings Settings)
{
    public MemberName Me => Local.Name;

    public PostgresFacts Postgres => Local.Postgres;

    public bool IsLockMine => View.IsLockedBy(Me);

    /// <summary>The lock names this member, its lease is safe, and nobody has acquired since.</summary>
    public bool Leads => IsLockMine && Local.HoldsLease && !IsSuperseded;

    /// <summary>The epoch went past this member's own: somebody acquired after it, whatever name the key bears.</summary>
    public bool IsSuperseded =>
        Local.Lease is LeaseState.Held held && View.Epoch.Value is { } epoch
        && (epoch.Number > held.EpochNumber || (epoch.Number == held.EpochNumber && epoch.Holder != Me));

    /// <summary>
    /// The leader key is nobody's lock: absent, unreadable, or without the lease that every acquisition has.
    /// </summary>
    public bool IsLockVacant => View.Leader.IsAbsent || View.Leader.IsUnreadable || View.Leader.Value is { LeaseId: 0 };

    /// <summary>
    /// The epoch key as this leader has to write it anew, under the lock that stands: it is gone, garbage, older than this
    /// leadership, or says less than it knows. Null where it is right, or the timeline is not known.
    /// </summary>
    public HaAction.RestoreEpoch? LostEpoch =>
        Leads && !IsLockVacant && TimelineOfLeadership.IsKnown && Local.Lease is LeaseState.Held held
        && (View.Epoch.Value is not { } epoch || epoch.Number < held.EpochNumber
            || epoch.IsOpened != held.IsEpochOpened)
            ? new HaAction.RestoreEpoch(View.Epoch.ModRevision, TimelineOfLeadership, IsLeadershipOpened)
            : null;

    /// <summary>What this member's epoch says or would say; unknown where PostgreSQL does not run.</summary>
    public Timeline TimelineOfLeadership => Postgres.State != PostgresState.Running || !Postgres.Timeline.IsKnown
        ? Timeline.Unknown
        : Postgres.IsPrimary ? Postgres.Timeline : Postgres.Timeline.Next;

    /// <summary>Whether that timeline may have taken writes, in doubt yes.</summary>
    public bool IsLeadershipOpened =>
        Postgres.IsPrimary || Local.Lease is LeaseState.Held { IsEpochOpened: true }
        || (Local.Lease is LeaseState.Held held && View.Epoch.Value is { IsOpened: true } epoch
            && epoch.Holder == Me && epoch.Number == held.EpochNumber);

    public bool LacksRequiredGuard => Local.IsGuardRequired && Local.Guard is GuardState.Missing;

    /// <summary>An asked-for switchover or failover, where there is one.</summary>
    public FailoverRequest? Request => View.Failover.Value is { IsEmpty: false } request ? request : null;

    public bool IsSyncActive => View.Sync.Value is { IsActive: true };

    /// <summary>
    /// Who led last, where the sync key is gone although commits wait for standbys: nobody but this member has all of
    /// them for certain. Null where nothing is missing.
    /// </summary>
    public MemberName? OnlyOneWithAllCommits =>
        Settings.SynchronousMode != SynchronousMode.Off && View.Sync.IsAbsent ? View.Epoch.Value?.Holder : null;

    public HaAction.DisarmGuard? StandDown => (Local.Guard, Postgres) switch
    {
        (GuardState.Armed, { State: PostgresState.Stopped }) => new HaAction.DisarmGuard(DisarmReason.Stopped),
        (GuardState.Armed, { IsRunningStandby: true }) => new HaAction.DisarmGuard(DisarmReason.InRecovery),
        _ => null,
    };

    /// <summary>
    /// The promotion that this member began and that never opened: it may use the timeline's number again, nobody else.
    /// </summary>
    public bool IsOwnUnopenedPromotion =>
        Postgres.Timeline.IsKnown
        && View.Epoch.Value is { } epoch && epoch.Holder == Me && epoch.Timeline == Postgres.Timeline.Next;

    /// <summary>Some record of the store names a timeline that this member does not have (rule S5).</summary>
    public bool IsBehindRecords => Postgres.Timeline < View.HighestRecordedTimeline && !IsOwnUnopenedPromotion;

    /// <summary>
    /// A leader that may not have heard of the end of the pause: silence is no proof that it stopped, as no guard does it
    /// (src/decisions/0011-leader-of-a-pause.md). A manual failover to this member knows better.
    /// </summary>
    public MemberName? SilentPausedLeader =>
        Local.PausedLeader is { } leader && leader != Me && Local.Peers?.Any(peer => peer.Name == leader && peer.IsNoPrimary) != true
        && !(Request is { IsSwitchover: false } request && request.Candidate == Me)
            ? leader
            : null;

    /// <summary>A failed operation of this kind is not repeated before a loop_wait has passed.</summary>
    public bool HasJustFailed(OperationKind kind) =>
        Local.LastOperation is { IsSuccess: false } last && last.Kind == kind
        && Local.Now < last.At + Settings.LoopWait;

    public Decision Wait(string sentence, bool mayLead = false) =>
        Decision.Because(sentence, mayLead).After(mayLead ? null : StandDown);

    public static Decision AskPeers(string sentence, bool mayLead) =>
        Decision.Because($"{sentence}; I ask the other members", mayLead) with { NeedsPeers = true };

    public static Decision Fence(string reason) =>
        Decision.Because(reason, mayLead: false, new HaAction.Demote(DemoteMode.Immediate));
}
