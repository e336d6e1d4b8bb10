using Router.Cluster.Guarding;

namespace Router.Cluster.Local;

/// <summary>
/// Everything that a decision may know beside the store: this member's instance, its lease, its guard, its running
/// operation, and what its peers answered. A copy; the owner of the memory behind it is the agent's cycle.
/// </summary>
public sealed record LocalState
{
    public required MemberName Name { get; init; }

    /// <summary>When the facts were complete.</summary>
    public required BootTime Now { get; init; }

    public MemberTags Tags { get; init; } = MemberTags.None;

    public PostgresFacts Postgres { get; init; } = new();

    public LeaseState Lease { get; init; } = new LeaseState.None();

    public GuardState Guard { get; init; } = new GuardState.Missing();

    /// <summary><c>guard: required</c>: without a guard this member may not hold the lock (rule S14).</summary>
    public bool IsGuardRequired { get; init; }

    public RunningOperation? Operation { get; init; }

    public OperationEnd? LastOperation { get; init; }

    /// <summary>
    /// Asked only when somebody has to be chosen; null where nobody was asked, which is not the same as nobody answered.
    /// </summary>
    public EquatableList<PeerReport>? Peers { get; init; }

    /// <summary>
    /// True for the first incarnation of the store that this process saw, and for a later one once
    /// <see cref="HaSettings.Ttl"/> has passed since it was first seen: a leader of the former history has stopped by
    /// then.
    /// </summary>
    public bool IsIncarnationSettled { get; init; }

    /// <summary>
    /// The store lost records less than a <see cref="HaSettings.Ttl"/> ago: the epoch key went away or back, or this
    /// process found a store that does not know the cluster of its data. A leader whom no key names any more may still
    /// hold a safe lease, so that nobody races.
    /// </summary>
    public bool HasStoreForgotten { get; init; }

    /// <summary>
    /// Less than a <see cref="HaSettings.Ttl"/> ago another store began to answer than the one before: no lease that is
    /// held now was granted by it, and the former may serve others.
    /// </summary>
    public bool IsOtherStore { get; init; }

    /// <summary>
    /// The last leader, whose own key confirmed a pause when it was last seen: its guard may sleep, and until it hears that
    /// the pause is over it runs on as primary, with the lock or without. Null where there is none such.
    /// </summary>
    public MemberName? PausedLeader { get; init; }

    /// <summary>
    /// The leader's flush position when it last changed synchronous_standby_names; a standby is confirmed once it has
    /// reached it. Null: not changed by this process.
    /// </summary>
    public Lsn? SynchronousNamesSetAt { get; init; }

    /// <summary>
    /// Since when the instance of a member that holds the lock has not been running (stopped, starting, stopping, hung or
    /// refusing); null while it runs. primary_start_timeout counts from here.
    /// </summary>
    public BootTime? CrashedSince { get; init; }

    /// <summary>For scheduled_at alone: the only time that people write down.</summary>
    public DateTimeOffset WallClock { get; init; }

    /// <summary>Since when this process has seen the cluster without a leader; null while there is one.</summary>
    public BootTime? UnlockedSince { get; init; }

    /// <summary>Since when the guard has been missing; null while it answers.</summary>
    public BootTime? GuardMissingSince { get; init; }

    /// <summary>When a promotion of this member last failed; it lets others go first for a ttl.</summary>
    public BootTime? PromotionFailedAt { get; init; }

    /// <summary>A <c>bootstrap</c> section is configured: this member may make a new cluster.</summary>
    public bool MayBootstrap { get; init; } = true;

    /// <summary>Slots of members that vanished longer than <see cref="HaSettings.MemberSlotsTtl"/> ago.</summary>
    public EquatableList<string> ExpiredMemberSlots { get; init; }

    /// <summary>An operator asked for a restart or a new copy by REST, and it has not begun.</summary>
    public OperationKind? RequestedOperation { get; init; }

    /// <summary>Since when it waits; null where nothing was asked.</summary>
    public BootTime? RequestedSince { get; init; }

    /// <summary>Leads by a claim that is still safe now.</summary>
    public bool HoldsLease => Lease is LeaseState.Held held && Now < held.SafeUntil;

    public bool HasLapsed => Lease is LeaseState.Lapsed || (Lease is LeaseState.Held held && Now >= held.SafeUntil);
}
