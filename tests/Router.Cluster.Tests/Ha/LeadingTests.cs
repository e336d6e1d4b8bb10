using Router.Cluster.Guarding;
using Router.Cluster.Local;
using Router.Testing;
using static Router.Testing.ClusterViews;
using static Router.Testing.LocalStates;

namespace Router.Cluster.Tests.Ha;

/// <summary>What a leader does in a cycle, when its PostgreSQL or its guard fails, and when it is asked to go.</summary>
public sealed class LeadingTests
{
    private static readonly LocalState Leader = Primary(A).Leading();

    private static readonly PeerReport[] Both = [Peer(B), Peer(C, 0x900)];

    [Fact]
    public void Maintenance() => Scenario.Agree("maintenance.txt",
    [
        new("The first cycle", LedBy(A), Leader),
        new("Nothing changed", Told(), Leader with { Postgres = WithSlots(Leader.Postgres) }),
        new("My epoch is not opened", Told().WithEpoch(new Epoch(5, A, new Timeline(3), false)), Primary(A).Leading(isOpened: false) with
        {
            Postgres = WithSlots(Leader.Postgres),
        }),
        new("Initialize, config and history are gone",
            Told() with { Initialize = default, Config = default, History = default },
            Leader with { Postgres = WithSlots(Leader.Postgres) }),
        new("The history does not say who led", Told() with { History = History(2) },
            Leader with { Postgres = WithSlots(Leader.Postgres) }),
        new("Timeline 1 with the history of a cluster before",
            Told() with { History = History(3) },
            (Leader with { Postgres = WithSlots(Leader.Postgres) }).With(p => p with { Timeline = new Timeline(1) })),
        new("A member streams from another, an old slot is left over",
            Told().With(Replica(C) with { Tags = new MemberTags { ReplicateFrom = "b" } }),
            Leader with { Postgres = WithSlots(Leader.Postgres) }),
        new("An expired member's slot goes, a user's stays", Told(),
            (Leader with { ExpiredMemberSlots = ["gone"] }).With(p => WithSlots(p) with
            {
                Slots = [.. WithSlots(p).Slots, Slot("gone"), Slot("users_own")],
            })),
        new("Failsafe mode", Told(), Leader with { Postgres = WithSlots(Leader.Postgres) },
            HaSettings.Default with { FailsafeMode = true }),
        new("Somebody acquired after me, by my name", Told().WithEpoch(new Epoch(6, A, new Timeline(3), true)), Leader),
        new("The guard was replaced and sleeps", Told(), Leader with
        {
            Guard = new GuardState.Disarmed(), Postgres = WithSlots(Leader.Postgres),
        }),
        new("The guard has fired and something runs", Told(), Leader with { Guard = new GuardState.Fired() }),
        new("A required guard is missing for a moment", Told(), NoGuard(1)),
        new("A required guard is missing for long", Told(), NoGuard(10)),
        new("A required guard is missing for long, others answer", Told(), NoGuard(10).Asked(Both)),
        new("A required guard is missing for long, nobody answers", Told(), NoGuard(10).Asked()),
        new("An operator asks for a restart", Told(), Leader with { RequestedOperation = OperationKind.Restart }),
        new("An operator asks to reinitialize the leader", Told(), Leader with
        {
            RequestedOperation = OperationKind.Reinitialize, Postgres = WithSlots(Leader.Postgres),
        }),
    ]);

    [Fact]
    public void Crash() => Scenario.Agree("crash.txt",
    [
        new("PostgreSQL is stopped", LedBy(A), Crashed(0)),
        new("The last start failed a moment ago: ask", LedBy(A), FailedToStart(1)),
        new("The last start failed a moment ago, another can lead", LedBy(A), FailedToStart(1).Asked(Both)),
        new("The last start failed a moment ago, nobody can lead", LedBy(A), FailedToStart(1).Asked()),
        new("The last start failed, nobody can lead", LedBy(A), FailedToStart(11).Asked()),
        new("The last start failed and the only other is not synchronous",
            LedBy(A).WithSync(A, "x"), FailedToStart(11).Asked(Both)),
        new("It hung and I stopped it: ask", LedBy(A), Stopped()),
        new("It hung and I stopped it, another can lead", LedBy(A), Stopped().Asked(Both)),
        new("It hung and I stopped it, nobody can lead", LedBy(A), Stopped().Asked()),
        new("primary_start_timeout is 0: ask", LedBy(A), Crashed(0), AtOnce),
        new("primary_start_timeout is 0 and another can lead", LedBy(A), Crashed(0).Asked(Both), AtOnce),
        new("primary_start_timeout is 0 and nobody can lead", LedBy(A), Crashed(0).Asked(), AtOnce),
        new("primary_start_timeout is over and another can lead", LedBy(A), Crashed(301).Asked(Both)),
        new("The only other is not synchronous", LedBy(A).WithSync(A, "x"), Crashed(301).Asked(Both)),
        new("The start takes too long", LedBy(A),
            Crashed(301).Asked(Both) with { Operation = new RunningOperation(OperationKind.StartAsPrimary, LocalStates.Now) }),
        new("The start takes long, and nobody can lead", LedBy(A),
            Crashed(301).Asked() with { Operation = new RunningOperation(OperationKind.StartAsPrimary, LocalStates.Now) }),
        new("The guard has fenced it", LedBy(A), Crashed(0) with { Guard = new GuardState.Fired() }),
        new("A required guard is missing", LedBy(A), Crashed(0) with
        {
            Guard = new GuardState.Missing(), IsGuardRequired = true,
        }),
        new("A standby under the lock stopped before it was promoted, its epoch open",
            LedBy(A).WithEpoch(new Epoch(5, A, new Timeline(4), true)), StoppedStandby(A).Leading()),
        new("A promotion failed", LedBy(A).WithEpoch(new Epoch(5, A, new Timeline(4), true)),
            Standby(A).Leading() with { PromotionFailedAt = LocalStates.Now }),
        new("A plan broke off after the acquisition", LedBy(A).WithEpoch(new Epoch(5, A, new Timeline(4), false)),
            Standby(A).Leading(isOpened: false)),
        new("A plan broke off after the acquisition in synchronous mode",
            LedBy(A).WithEpoch(new Epoch(5, A, new Timeline(4), false)).WithSync(B, "a"),
            Standby(A).Leading(isOpened: false), HaSettings.Default with { SynchronousMode = SynchronousMode.On }),
    ]);

    [Fact]
    public void Switchover()
    {
        var at = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        var leader = (Leader with { WallClock = at }).Asked(Both);
        Scenario.Agree("switchover.txt",
        [
            new("Asked for b, peers not asked yet", LedBy(A).WithRequest(new FailoverRequest(A, B, null)), Leader),
            new("Asked for b", LedBy(A).WithRequest(new FailoverRequest(A, B, null)), leader),
            new("Asked for b in synchronous mode, and the sync key is gone",
                LedBy(A).WithRequest(new FailoverRequest(A, B, null)), leader,
                HaSettings.Default with { SynchronousMode = SynchronousMode.On }),
            new("Asked for anybody", LedBy(A).WithRequest(new FailoverRequest(A, null, null)), leader),
            new("It names another leader", LedBy(A).WithRequest(new FailoverRequest(B, C, null)), leader),
            new("It asks for me", LedBy(A).WithRequest(new FailoverRequest(A, A, null)), leader),
            new("It asks for one that does not answer",
                LedBy(A).WithRequest(new FailoverRequest(A, C, null)), leader.Asked(Peer(B))),
            new("It asks for one far behind", LedBy(A).WithRequest(new FailoverRequest(A, C, null)),
                leader.With(p => p with { FlushLsn = new Lsn(4 << 20) }).Asked(Peer(C))),
            new("Synchronous mode: only a synchronous standby",
                LedBy(A).WithSync(A, "b").WithRequest(new FailoverRequest(A, C, null)), leader),
            new("Synchronous mode: a manual failover may go elsewhere",
                LedBy(A).WithSync(A, "b").WithRequest(new FailoverRequest(null, C, null)), leader),
            new("Scheduled for later", LedBy(A).WithRequest(new FailoverRequest(A, B, at.AddMinutes(5))), leader),
            new("Due in 4 s", LedBy(A).WithRequest(new FailoverRequest(A, B, at.AddSeconds(4))), leader),
            new("Due now", LedBy(A).WithRequest(new FailoverRequest(A, B, at)), leader),
            new("Its time has passed", LedBy(A).WithRequest(new FailoverRequest(A, B, at.AddSeconds(-16))), leader),
            new("The hand-over runs", LedBy(A).WithRequest(new FailoverRequest(A, B, null)),
                leader with { Operation = new RunningOperation(OperationKind.HandOver, LocalStates.Now) }),
            new("The lock is released: I am the one asked for",
                Unlocked().WithRequest(new FailoverRequest(A, B, null)), Standby(B).Asked(Peer(C, 0x1200))),
            new("The lock is released: another is asked for",
                Unlocked().WithRequest(new FailoverRequest(A, B, null)), Fresh(Standby(C)).Asked(Peer(B))),
            new("The lock is released: the other does not answer",
                Unlocked().WithRequest(new FailoverRequest(A, B, null)), Fresh(Standby(C)).Asked(Peer(A))),
            new("The lock is released: the other did not come for a ttl",
                Unlocked().WithRequest(new FailoverRequest(A, B, null)), Standby(C).Asked(Peer(B, 0x900))),
            new("The lock is released: I handed over", Unlocked().WithRequest(new FailoverRequest(A, null, null)),
                Fresh(Standby(A)).Asked(Both)),
            new("A manual failover to me, behind and below",
                Unlocked().WithEpoch(new Epoch(6, A, new Timeline(4), true)).WithRequest(new FailoverRequest(null, B, null))
                    with { Status = Status(0x5000) },
                Standby(B).Asked(Peer(C, 0x2000))),
            new("A switchover to me while the old leader still runs",
                Unlocked().WithRequest(new FailoverRequest(A, B, null)), Standby(B).Asked(Peer(A, isInRecovery: false))),
        ]);
    }

    private static HaSettings AtOnce => HaSettings.Default with { PrimaryStartTimeout = TimeSpan.Zero };

    private static LocalState Fresh(LocalState local) =>
        local with { UnlockedSince = LocalStates.Now - TimeSpan.FromSeconds(3) };

    private static LocalState Crashed(int secondsAgo) =>
        StoppedPrimary(A).Leading() with { CrashedSince = LocalStates.Now - TimeSpan.FromSeconds(secondsAgo) };

    private static LocalState FailedToStart(int secondsAgo) => Crashed(secondsAgo) with
    {
        LastOperation = new OperationEnd(
            OperationKind.StartAsPrimary, false, "could not bind", LocalStates.Now - TimeSpan.FromSeconds(secondsAgo)),
    };

    private static LocalState Stopped() => Crashed(1) with
    {
        LastOperation = new OperationEnd(OperationKind.Demote, true, "fenced", LocalStates.Now),
    };

    private static LocalState NoGuard(int seconds) => Leader with
    {
        Guard = new GuardState.Missing(),
        IsGuardRequired = true,
        GuardMissingSince = LocalStates.Now - TimeSpan.FromSeconds(seconds),
        Postgres = WithSlots(Leader.Postgres),
    };

    private static ReplicationSlot Slot(string name) => new(name, true, false, new Lsn(0x1000), null);

    private static PostgresFacts WithSlots(PostgresFacts facts) => facts with { Slots = [Slot("b"), Slot("c")] };

    /// <summary>The status key says what the leader would say again.</summary>
    private static ClusterView Told() => LedBy(A) with
    {
        History = StoredKey<ClusterHistory>.Present(
            new ClusterHistory([new HistoryLine(new Timeline(2), new Lsn(0x200), "none", "then", "a")]), new Revision(15)),
        Status = StoredKey<ClusterStatus>.Present(
            new ClusterStatus(
                new Lsn(0x1000),
                System.Collections.Immutable.ImmutableSortedDictionary<string, Lsn>.Empty
                    .Add("b", new Lsn(0x1000)).Add("c", new Lsn(0x1000)),
                ["b", "c"]),
            new Revision(14)),
    };
}
