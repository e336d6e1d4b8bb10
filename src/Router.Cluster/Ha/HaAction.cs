using Router.Cluster.Guarding;
using Router.Cluster.Local;

namespace Router.Cluster.Ha;

/// <summary>
/// One thing that the executor does. Actions say what was seen when they were decided, so that the store refuses them
/// where the world has moved on.
/// </summary>
public abstract record HaAction
{
    private HaAction()
    {
    }

    /// <summary>Creates the <c>initialize</c> key, empty; the winner bootstraps.</summary>
    public sealed record RaceInitialize : HaAction;

    /// <summary>initdb, users, then <c>config</c>, the leader lock, <c>initialize</c>. Long.</summary>
    public sealed record Bootstrap : HaAction;

    /// <summary>Copies the data of a member into a directory that holds nothing of use. Long.</summary>
    public sealed record CopyFrom(FollowTarget Source) : HaAction;

    /// <summary>
    /// The acquire transaction of rule S5. The revisions are those of the view that the decision saw.
    /// </summary>
    /// <param name="Timeline">What the promotion will create, or what a running primary is on.</param>
    /// <param name="IsOpened">
    /// What the new epoch says of that timeline: false for a candidate that has still to be promoted.
    /// </param>
    public sealed record AcquireLeaderLock(AcquireBasis Basis, Timeline Timeline, bool IsOpened = false) : HaAction;

    /// <summary>
    /// Puts a lost leader key back by a claim whose lease never lapsed (rule S4), on a new lease where the store forgot the
    /// old one, and with it the epoch key where that is lost too.
    /// </summary>
    /// <param name="Timeline">For the epoch; unknown where PostgreSQL does not run.</param>
    /// <param name="IsOpened">What the epoch says of that timeline.</param>
    public sealed record RecreateLeaderLock(AcquireBasis Basis, Timeline Timeline, bool IsOpened) : HaAction;

    /// <summary>Writes the epoch key anew under a lock that stands: nobody has acquired since this leader did.</summary>
    public sealed record RestoreEpoch(Revision Seen, Timeline Timeline, bool IsOpened) : HaAction;

    /// <summary>Deletes one's own leader key, after the instance has stopped taking writes.</summary>
    public sealed record ReleaseLeaderLock : HaAction;

    /// <summary>
    /// Notes in the epoch key that this leader's timeline may take writes from now on. Before promote: a leader that
    /// dies with its first commits on the new timeline leaves a record that bars the number from a second use.
    /// </summary>
    public sealed record OpenEpoch(Timeline Timeline) : HaAction;

    /// <summary>
    /// Takes <see cref="OpenEpoch"/> back, seen stopped with standby.signal in place: the promotion never opened.
    /// </summary>
    public sealed record WithdrawEpoch(Timeline Timeline) : HaAction;

    /// <summary>Arms the guard with the lease's deadline: before promote and before any start as primary (rule S15).</summary>
    public sealed record ArmGuard : HaAction;

    /// <summary>Only when the instance is seen stopped or in recovery, or in a confirmed pause (rule S15).</summary>
    public sealed record DisarmGuard(DisarmReason Reason) : HaAction;

    /// <summary>Starts the instance without touching its history. Long.</summary>
    public sealed record StartAsPrimary : HaAction;

    /// <summary>Starts the instance as a standby; null follows nobody. Long.</summary>
    public sealed record StartAsStandby(FollowTarget? Target) : HaAction;

    /// <summary>Ends recovery. Long.</summary>
    public sealed record Promote : HaAction;

    /// <summary>
    /// Stops an instance that is a primary or may become one, and leaves it stopped. Long. Takes the place of a running
    /// operation, which it aborts first.
    /// </summary>
    public sealed record Demote(DemoteMode Mode) : HaAction;

    /// <summary>Points a running standby at another source, or at nobody.</summary>
    public sealed record Follow(FollowTarget? Target) : HaAction;

    /// <summary>
    /// Brings the instance back behind <paramref name="Leader"/>: stops a running standby, compares histories, rewinds
    /// or clones where they part, starts it as a standby. Long.
    /// </summary>
    public sealed record Rejoin(FollowTarget Leader) : HaAction;

    /// <summary>
    /// Rule S8: stop writes, stop fast, release the key only when a candidate has received the shutdown checkpoint;
    /// otherwise start again as leader. Long.
    /// </summary>
    /// <param name="Candidates">Who may take over; the first to have everything does.</param>
    /// <param name="Request">
    /// The revision of the <c>failover</c> key that asked for it, which a hand-over that failed empties with its
    /// reason; absent where nobody asked.
    /// </param>
    public sealed record HandOver(EquatableList<MemberName> Candidates, Revision Request) : HaAction;

    /// <summary>Restarts the instance in its present role. Long.</summary>
    public sealed record Restart : HaAction;

    /// <summary>
    /// Sets the local data aside and copies another member's: an operator asked, or a rewind did not end. Long.
    /// </summary>
    public sealed record Reinitialize(FollowTarget Source) : HaAction;

    /// <summary>Writes <c>sync</c>, compared with the revision seen.</summary>
    public sealed record WriteSync(SyncState Next, Revision Seen) : HaAction;

    /// <summary>Sets synchronous_standby_names and reloads; notes the flush position for the confirmation.</summary>
    public sealed record SetSynchronousNames(string Value) : HaAction;

    /// <summary>Empties the <c>failover</c> key.</summary>
    public sealed record ClearFailover(Revision Seen) : HaAction;

    /// <summary>Writes <c>history</c> from the instance's own history file.</summary>
    public sealed record WriteHistory(Revision Seen) : HaAction;

    /// <summary>Writes <c>status</c>: position and slots.</summary>
    public sealed record WriteStatus(ClusterStatus Status) : HaAction;

    /// <summary>Writes <c>initialize</c> with the identifier of the leader's instance.</summary>
    public sealed record WriteInitialize(SystemIdentifier Identifier, Revision Seen) : HaAction;

    /// <summary>Restores <c>config</c> from the last document that this member knew.</summary>
    public sealed record RestoreConfig(Revision Seen) : HaAction;

    /// <summary>Writes <c>failsafe</c>.</summary>
    public sealed record WriteFailsafe(FailsafeTopology Topology) : HaAction;

    /// <summary>Creates and drops physical slots until exactly these exist beside the user's own.</summary>
    public sealed record ReconcileSlots(EquatableList<string> Create, EquatableList<string> Drop) : HaAction;

    /// <summary>Ends the agent with exit code 1: a person has to look. The instance is left as it is.</summary>
    public sealed record Exit(string Reason) : HaAction;
}
