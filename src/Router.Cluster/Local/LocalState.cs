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
    /// True once <see cref="HaSettings.Ttl"/> has passed since this process first saw the present incarnation of the
    /// store: a leader of the former history has stopped by then.
    /// </summary>
    public bool IsIncarnationSettled { get; init; }

    /// <summary>
    /// The leader's flush position when it last changed synchronous_standby_names; a standby is confirmed once it has
    /// reached it. Null: not changed by this process.
    /// </summary>
    public Lsn? SynchronousNamesSetAt { get; init; }

    /// <summary>When the failover of a crashed primary stops waiting: the crash was first seen at this point.</summary>
    public BootTime? CrashedSince { get; init; }

    /// <summary>An operator asked for a restart or a new copy by REST, and it has not begun.</summary>
    public OperationKind? RequestedOperation { get; init; }

    /// <summary>Leads by a claim that is still safe now.</summary>
    public bool HoldsLease => Lease is LeaseState.Held held && Now < held.SafeUntil;

    public bool HasLapsed => Lease is LeaseState.Lapsed || (Lease is LeaseState.Held held && Now >= held.SafeUntil);
}
