using Router.Cluster.Guarding;
using Router.Cluster.Local;
using Router.Testing;
using static Router.Testing.ClusterViews;
using static Router.Testing.LocalStates;

namespace Router.Cluster.Tests.Ha;

/// <summary>Members that do not lead: whom they follow, and what brings them back. And the pause.</summary>
public sealed class FollowingTests
{
    private static readonly HaSettings Paused = HaSettings.Default with { Pause = true };

    [Fact]
    public void Following() => Scenario.Agree("following.txt",
    [
        new("All is well", LedBy(A), Standby(B)),
        new("The leader changed", LedBy(C), Standby(B)),
        new("The tag replicatefrom", LedBy(A), Tagged(new MemberTags { ReplicateFrom = "c" })),
        new("The tag replicatefrom of a member that is gone", LedBy(A), Tagged(new MemberTags { ReplicateFrom = "z" })),
        new("The tag nostream", LedBy(A), Tagged(new MemberTags { NoStream = true })),
        new("Slots are not used", LedBy(A), Standby(B), HaSettings.Default with { UseSlots = false }),
        new("The leader's address is not known", LedBy(C).With(Replica(C) with { Address = null }), Standby(B)),
        new("A member streams from me", LedBy(A).With(Replica(C) with { Tags = new MemberTags { ReplicateFrom = "b" } }),
            Standby(B)),
        new("My guard is armed from before", LedBy(A), Standby(B) with { Guard = new GuardState.Armed(LocalStates.Now) }),
        new("I went past the point where the leader's timeline began",
            LedBy(A).With(Led(4)) with { History = History(4) }, Parted()),
        new("I am on a timeline that the leader does not have", LedBy(A).With(Led(2)), Parted()),
        new("The leader has not been promoted yet",
            LedBy(A).With(Led(3) with { Role = MemberRole.Replica }) with { History = History(4) }, Parted()),
        new("The return failed a moment ago", LedBy(A).With(Led(4)) with { History = History(4) }, Parted() with
        {
            LastOperation = new OperationEnd(OperationKind.Rejoin, false, "pg_rewind failed", LocalStates.Now),
        }),
        new("An operator asks for a new copy", LedBy(A), Standby(B) with
        {
            RequestedOperation = OperationKind.Reinitialize,
        }),
        new("An operator asks for a restart", LedBy(A), Standby(B) with { RequestedOperation = OperationKind.Restart }),
        new("Stopped, and nostream", LedBy(A), StoppedStandby(B) with { Tags = new MemberTags { NoStream = true } }),
        new("No data, and a member offers itself", LedBy(A).With(Replica(C) with
        {
            Tags = new MemberTags { CloneFrom = true },
        }), WithoutData(B)),
        new("An unfinished copy", Unlocked(), WithoutData(B).With(p => p with
        {
            DataDirectory = DataDirectoryState.HalfCopied,
        })),
        new("A new cluster, a store that was wiped", ClusterViews.Empty(), WithoutData(B) with
        {
            IsIncarnationSettled = false,
        }),
        new("A new cluster, and I may not make it", ClusterViews.Empty(), WithoutData(B) with { MayBootstrap = false }),
        new("A new cluster, and a member that runs", ClusterViews.Empty() with
        {
            Members = [Replica(C)], IsEmpty = false,
        }, WithoutData(B)),
    ]);

    [Fact]
    public void Restored_store() => Scenario.Agree("restored-store.txt",
    [
        new("A restored store names another leader, and I follow the one of before", LedBy(A),
            Standby(B) with
            {
                IsIncarnationSettled = false,
                Postgres = Standby(B).Postgres with { Following = Source(B, C), Timeline = new Timeline(4) },
            }),
        new("A restored store names a leader of the past, and I was ahead of it", LedBy(A),
            Standby(B) with
            {
                IsIncarnationSettled = false,
                Postgres = Standby(B).Postgres with { ReplicationState = null, Timeline = new Timeline(4) },
            }),
        new("A restored store names another leader, and I am stopped", LedBy(A),
            StoppedPrimary(B) with { IsIncarnationSettled = false }),
        new("A restored store names another leader, my lease is safe", LedBy(A).WithEpoch(new Epoch(4, A, new Timeline(3), true)),
            Primary(B).Leading() with { IsIncarnationSettled = false }),
        new("A restored store names another leader, my lease ends", LedBy(A).WithEpoch(new Epoch(4, A, new Timeline(3), true)),
            Primary(B).Leading(seconds: 7) with { IsIncarnationSettled = false }),
    ]);

    [Fact]
    public void Unfinished() => Scenario.Agree("unfinished.txt",
    [
        new("A copy that did not end, and a leader", LedBy(A), Half(DataDirectoryState.HalfCopied)),
        new("An initdb that did not end, and nobody has the initialize key", ClusterViews.Empty(),
            Half(DataDirectoryState.HalfMade)),
        new("An initdb that did not end, and a leader", LedBy(A), Half(DataDirectoryState.HalfMade)),
        new("A rewind that did not end", LedBy(A), Half(DataDirectoryState.HalfRewound)),
        new("A rewind that did not end, and the leader does not run", LedBy(A).With(Led(4) with { State = "stopped" }),
            Half(DataDirectoryState.HalfRewound)),
        new("A rewind that did not end, and nobody leads", Unlocked(), Half(DataDirectoryState.HalfRewound)),
        new("A rewind that did not end, and the last copy failed", LedBy(A), Half(DataDirectoryState.HalfRewound) with
        {
            LastOperation = new OperationEnd(OperationKind.Reinitialize, false, "no room", LocalStates.Now),
        }),
    ]);

    [Fact]
    public void Operations() => Scenario.Agree("operations.txt",
    [
        new("A promotion, the lock mine", LedBy(B), Running(Standby(B).Leading(), OperationKind.Promote)),
        new("A promotion, the key deleted", OfMine(), Running(Standby(B).Leading(), OperationKind.Promote)),
        new("A promotion, the lock lost", LedBy(A), Running(Standby(B).Lapsed(), OperationKind.Promote)),
        new("A promotion, my lease ends", LedBy(B), Running(Standby(B).Leading(seconds: 7), OperationKind.Promote)),
        new("A promotion, the store silent", null, Running(Standby(B).Leading(), OperationKind.Promote)),
        new("A promotion, the store silent, my lease ends", null,
            Running(Standby(B).Leading(seconds: 7), OperationKind.Promote)),
        new("A start as primary, the lock lost", LedBy(A), Running(StoppedPrimary(B).Lapsed(), OperationKind.StartAsPrimary)),
        new("A hand-over, the lock lost", LedBy(A), Running(Primary(B).Lapsed(), OperationKind.HandOver)),
        new("A hand-over, the lock released", LedBy(A), Running(StoppedPrimary(B), OperationKind.HandOver)),
        new("A hand-over, the key just gone", OfMine(), Running(StoppedPrimary(B).Leading(), OperationKind.HandOver)),
        new("A restart as primary, the lock lost", LedBy(A), Running(StoppedPrimary(B).Lapsed(), OperationKind.Restart)),
        new("A restart as standby", LedBy(A), Running(StoppedStandby(B), OperationKind.Restart)),
        new("A start as standby of a former primary", Unlocked(), Running(StoppedPrimary(B).Lapsed(), OperationKind.Start)),
        new("A copy", LedBy(A), Running(WithoutData(B), OperationKind.Clone)),
        new("A bootstrap", ClusterViews.Empty(), Running(Primary(B), OperationKind.Bootstrap)),
        new("A demotion", LedBy(A), Running(Primary(B), OperationKind.Demote)),
    ]);

    [Fact]
    public void Pause()
    {
        var confirmed = LedBy(A) with { Members = [.. LedBy(A).Members.Select(member => member with { Pause = true })] };
        Scenario.Agree("pause.txt",
        [
            new("The leader, not confirmed by all", LedBy(A), Primary(A).Leading(), Paused),
            new("The leader, confirmed by all", confirmed, Primary(A).Leading(), Paused),
            new("The leader's lease has run out", LedBy(A), Primary(A).Lapsed(), Paused),
            new("The key ran out; nobody asked", Unlocked(), Primary(A).Lapsed(), Paused),
            new("The key ran out; no other primary", Unlocked(), Primary(A).Lapsed().Asked(Peer(B)), Paused),
            new("The key ran out; the leader of the pause is silent, and a switchover asks for me",
                Unlocked().WithRequest(new FailoverRequest(A, B, null)),
                Standby(B).Asked(Peer(C)) with { PausedLeader = A }, Paused),
            new("The key ran out; another primary", Unlocked(),
                Primary(A).Lapsed().Asked(Peer(B, isInRecovery: false)), Paused),
            new("The key ran out; a later timeline is recorded", Unlocked() with { History = History(4) },
                Primary(A).Lapsed().Asked(Peer(B)), Paused),
            new("A primary without the lock", LedBy(B), Primary(A), Paused),
            new("The leader's PostgreSQL is stopped", LedBy(A), StoppedPrimary(A).Leading(), Paused),
            new("The leader is found in recovery", LedBy(A), Standby(A).Leading(), Paused),
            new("A standby", confirmed, Standby(B), Paused),
            new("A standby of an old leader", LedBy(C), Standby(B), Paused),
            new("A standby, no leader", Unlocked(), Standby(B).Asked(Peer(C)), Paused),
            new("A standby that was asked for, no leader", Unlocked().WithRequest(new FailoverRequest(null, B, null)),
                Standby(B).Asked(Peer(C)), Paused),
            new("A switchover without candidate", LedBy(A).WithRequest(new FailoverRequest(A, null, null)),
                Primary(A).Leading().Asked(Peer(B)), Paused),
            new("A switchover to b", LedBy(A).WithRequest(new FailoverRequest(A, B, null)),
                Primary(A).Leading().Asked(Peer(B)), Paused),
            new("A stopped standby", LedBy(A), StoppedStandby(B), Paused),
            new("No data", LedBy(A), WithoutData(B), Paused),
            new("The store is silent", null, Primary(A).Lapsed(), Paused),
            new("Resumed: the guard sleeps", LedBy(A), Primary(A).Leading() with { Guard = new GuardState.Disarmed() }),
            new("Resumed: a primary without the lock", LedBy(B), Primary(A)),
        ]);
    }

    private static LocalState Tagged(MemberTags tags) => Standby(B) with { Tags = tags };

    private static LocalState Running(LocalState local, OperationKind kind) =>
        local with { Operation = new RunningOperation(kind, LocalStates.Now) };

    private static LocalState Half(DataDirectoryState state) =>
        WithoutData(B).With(p => p with { DataDirectory = state });

    private static LocalState Parted() => Standby(B).With(p => p with { ReplicationState = null });

    private static Member Led(int timeline) => Replica(A) with
    {
        Role = MemberRole.Primary,
        ReplicationState = null,
        Timeline = new Timeline(timeline),
    };

    /// <summary>Unlocked after a leadership of b.</summary>
    private static ClusterView OfMine() => Unlocked().WithEpoch(new Epoch(5, B, new Timeline(3), IsOpened: true));
}
