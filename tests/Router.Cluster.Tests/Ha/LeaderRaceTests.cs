using Router.Cluster.Guarding;
using Router.Cluster.Local;
using Router.Testing;
using static Router.Testing.ClusterViews;
using static Router.Testing.LocalStates;

namespace Router.Cluster.Tests.Ha;

/// <summary>Nobody holds the lock: may b take it? The answers are scenarios/race.txt.</summary>
public sealed class LeaderRaceTests
{
    private static readonly LocalState Ready = Standby(B).Asked(Peer(C));

    [Fact]
    public void Race() => Scenario.Agree("race.txt", [.. Self(), .. Records(), .. Peers(), .. Synchronous(), .. WithoutSyncKey()]);

    private static IEnumerable<Scenario> Self() =>
    [
        new("Nobody was asked yet", Unlocked(), Standby(B)),
        new("Nobody is ahead", Unlocked(), Ready),
        new("Nobody answers", Unlocked(), Standby(B).Asked()),
        new("My tags forbid it", Unlocked(), Ready with { Tags = new MemberTags { NoFailover = true } }),
        new("My priority is zero", Unlocked(), Ready with { Tags = new MemberTags { FailoverPriority = 0 } }),
        new("A guard is required and missing", Unlocked(),
            Ready with { IsGuardRequired = true, Guard = new GuardState.Missing() }),
        new("A guard is wanted and missing", Unlocked(), Ready with { Guard = new GuardState.Missing() }),
        new("The store has just gone back in time", Unlocked(), Ready with { IsIncarnationSettled = false }),
        new("My promotion has just failed", Unlocked(),
            Ready with { PromotionFailedAt = LocalStates.Now - TimeSpan.FromSeconds(10) }),
        new("My promotion failed long ago", Unlocked(),
            Ready with { PromotionFailedAt = LocalStates.Now - TimeSpan.FromSeconds(31) }),
        new("I led, was stopped, and am a standby now", Unlocked(), Ready.Lapsed()),
        new("I am 2 MiB behind the last leader", Unlocked() with { Status = Status(0x1000 + (2 << 20)) }, Ready),
        new("Failsafe mode, and the key does not name me",
            Unlocked() with
            {
                Failsafe = StoredKey<FailsafeTopology>.Present(
                    new FailsafeTopology(System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty
                        .Add("a", "http://a")), new Revision(90)),
            },
            Ready, HaSettings.Default with { FailsafeMode = true }),
        new("A guard is armed from before and somebody else has to go first", Unlocked(),
            Standby(B).Asked(Peer(C, 0x2000)) with { Guard = new GuardState.Armed(LocalStates.Now) }),
    ];

    private static IEnumerable<Scenario> Records() =>
    [
        new("A later timeline is in the history", Unlocked() with { History = History(4) }, Ready),
        new("A later timeline was opened", Unlocked().WithEpoch(new Epoch(6, A, new Timeline(4), true)), Ready),
        new("A later timeline never opened", Unlocked().WithEpoch(new Epoch(6, A, new Timeline(4), false)), Ready),
        new("A timeline two above never opened, but the one between did",
            Unlocked().WithEpoch(new Epoch(6, A, new Timeline(5), false)), Ready),
        new("My own promotion to a later timeline never came true",
            Unlocked().WithEpoch(new Epoch(6, B, new Timeline(4), true)), Ready),
        new("My own promotion never came true, and one ahead of me is barred by it",
            Unlocked().WithEpoch(new Epoch(6, B, new Timeline(4), true)), Standby(B).Asked(Peer(C, 0x2000))),
        new("The epoch key cannot be read",
            Unlocked() with { Epoch = StoredKey<Epoch>.Unreadable(new Revision(13)) }, Ready),
        new("The history key cannot be read",
            Unlocked() with { History = StoredKey<ClusterHistory>.Unreadable(new Revision(15)) }, Ready),
        new("Another member makes the cluster",
            Unlocked() with
            {
                Initialize = StoredKey<Initialization>.Present(new Initialization(null), new Revision(11)),
            },
            Ready),
        new("The initialize key is gone", Unlocked() with { Initialize = default }, Ready),
        new("The data directory is another cluster's",
            Unlocked() with
            {
                Initialize = StoredKey<Initialization>.Present(
                    new Initialization(new SystemIdentifier(7_999_999_999)), new Revision(11)),
            },
            Ready),
    ];

    private static IEnumerable<Scenario> WithoutSyncKey() =>
    [
        new("Synchronous, the sync key is gone and I led last, another is ahead",
            Unlocked().WithEpoch(new Epoch(5, B, new Timeline(3), true)), Standby(B).Asked(Peer(C, 0x2000)), On),
        new("Synchronous, the sync key is gone and a manual failover asks for me",
            Unlocked().WithRequest(new FailoverRequest(null, B, null)), Ready, On),
        new("Synchronous, the sync key is gone and a switchover asks for me",
            Unlocked().WithRequest(new FailoverRequest(A, B, null)), Ready, On),
        new("Synchronous, the sync key is gone and nobody ever led",
            Unlocked() with { Epoch = default, History = default }, Ready, On),
        new("Synchronous since a moment ago: the key says that it was off",
            Unlocked() with { Sync = StoredKey<SyncState>.Present(SyncState.Inactive, new Revision(60)) }, Ready, On),
    ];

    private static IEnumerable<Scenario> Peers() =>
    [
        new("Another is ahead", Unlocked(), Standby(B).Asked(Peer(C, 0x1001))),
        new("Another is ahead on an older timeline", Unlocked(),
            Standby(B).Asked(Peer(C, 0x9000) with { Timeline = new Timeline(2) })),
        new("Another is behind on a later timeline", Unlocked(),
            Standby(B).Asked(Peer(C, 0x900) with { Timeline = new Timeline(4) })),
        new("Another is ahead but never leads", Unlocked(),
            Standby(B).Asked(Peer(C, 0x2000) with { Tags = new MemberTags { NoFailover = true } })),
        new("Another is ahead but has no guard", Unlocked(),
            Standby(B).Asked(Peer(C, 0x2000) with { WatchdogFailed = true })),
        new("Another is ahead but tells no position", Unlocked(),
            Standby(B).Asked(Peer(C, 0x2000) with { IsRunning = false })),
        new("Another still runs as primary", Unlocked(), Standby(B).Asked(Peer(A, 0x500, isInRecovery: false))),
        new("Another has the higher priority", Unlocked(),
            Standby(B).Asked(Peer(C) with { Tags = new MemberTags { FailoverPriority = 2 } })),
        new("The last leader's key still says primary, and it does not answer", LastLed(), Since(3, Standby(B).Asked(Peer(C)))),
        new("The last leader's key says primary, and it answers as a standby", LastLed(),
            Since(3, Standby(B).Asked(Peer(A, 0x900)))),
        new("The last leader answers and its PostgreSQL hangs", LastLed(),
            Since(3, Standby(B).Asked(Peer(A, 0, isInRecovery: false) with { IsRunning = false }))),
        new("The last leader answers that it stopped", LastLed(),
            Since(3, Standby(B).Asked(Peer(A, 0, isInRecovery: false) with { IsRunning = false, IsStopped = true }))),
        new("The last leader was silent for a ttl", LastLed(), Since(30, Standby(B).Asked(Peer(C)))),
        new("The last leader paused and is silent: it may not know that the pause is over", Unlocked(),
            Standby(B).Asked(Peer(C)) with { PausedLeader = A }),
        new("The last leader paused and answers", Unlocked(),
            Standby(B).Asked(Peer(A, 0x900), Peer(C)) with { PausedLeader = A }),
        new("The last leader paused and is silent, and a manual failover asks for me",
            Unlocked().WithRequest(new FailoverRequest(null, B, null)),
            Standby(B).Asked(Peer(C)) with { PausedLeader = A }),
        new("Another is equal, and its name comes first", Unlocked(),
            Standby(B).Asked(Peer(A)) with { UnlockedSince = LocalStates.Now - TimeSpan.FromSeconds(1) }),
        new("Another was equal and first, and did not come", Unlocked(), Standby(B).Asked(Peer(A))),
    ];

    private static IEnumerable<Scenario> Synchronous() =>
    [
        new("I am a synchronous standby", Unlocked().WithSync(A, "b"), Ready, On),
        new("My name is written in another case", Unlocked().WithSync(A, "B"), Ready, On),
        new("I am not in the sync key", Unlocked().WithSync(A, "c"), Ready, On),
        new("I wrote the sync key", Unlocked().WithSync(B), Ready, On),
        new("One outside the sync key is ahead", Unlocked().WithSync(A, "b"), Standby(B).Asked(Peer(C, 0x2000)), On),
        new("The last synchronous leader is ahead, by what nobody was told of", Unlocked().WithSync(A, "b"),
            Standby(B).Asked(Peer(A, 0x2000)), On),
        new("Another synchronous standby is ahead", Unlocked().WithSync(A, "b", "c"),
            Standby(B).Asked(Peer(C, 0x2000)), On),
        new("The sync key cannot be read",
            Unlocked() with { Sync = StoredKey<SyncState>.Unreadable(new Revision(60)) }, Ready, On),
        new("Strict: the others stay names that must acknowledge", Unlocked().WithSync(A, "b", "c"), Ready, Strict),
        new("Strict and alone: a name nobody has", Unlocked().WithSync(B), Ready, Strict),
        new("The mode was switched off with nobody leading", Unlocked().WithSync(A, "b"), Ready),
        new("The mode is on and there is no sync key: it is lost, or was not written yet", Unlocked(), Ready, On),
    ];

    private static LocalState Since(int seconds, LocalState local) =>
        local with { UnlockedSince = LocalStates.Now - TimeSpan.FromSeconds(seconds) };

    private static ClusterView LastLed() =>
        Unlocked().With(Replica(A) with { Role = MemberRole.Primary, ReplicationState = null });

    private static readonly HaSettings On = HaSettings.Default with { SynchronousMode = SynchronousMode.On };

    private static readonly HaSettings Strict = On with { SynchronousModeStrict = true };
}
