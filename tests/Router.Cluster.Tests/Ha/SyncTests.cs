using Router.Cluster.Ha;
using Router.Cluster.Local;
using Router.Testing;
using static Router.Testing.ClusterViews;
using static Router.Testing.LocalStates;

namespace Router.Cluster.Tests.Ha;

/// <summary>Synchronous priority mode, step by step as scenarios/sync.txt tells it.</summary>
public sealed class SyncTests
{
    private static readonly HaSettings On = HaSettings.Default with { SynchronousMode = SynchronousMode.On };

    private static readonly HaSettings Two = On with { SynchronousNodeCount = 2 };

    private static readonly HaSettings Strict = On with { SynchronousModeStrict = true };

    [Fact]
    public void Synchronous_mode() => Scenario.Agree("sync.txt",
    [
        new("No key yet", LedBy(A), Leader("", Streaming(B)), On),
        new("The key of the leader before me", LedBy(A).WithSync(B, "a"), Leader("", Streaming(B)), On),
        new("A standby streams: the names first", LedBy(A).WithSync(A), Leader("", Streaming(B)), On),
        new("The names are set, the standby has not reached the position", LedBy(A).WithSync(A),
            Leader("b", Streaming(B, 0x900, "sync")), On),
        new("The names are set, PostgreSQL does not count it yet", LedBy(A).WithSync(A), Leader("b", Streaming(B)), On),
        new("Confirmed: the key", LedBy(A).WithSync(A), Leader("b", Streaming(B, 0x1000, "sync")), On),
        new("Another process set the names", LedBy(A).WithSync(A),
            Leader("b", Streaming(B, 0x1000, "sync")) with { SynchronousNamesSetAt = null }, On),
        new("All is well", LedBy(A).WithSync(A, "b"), Leader("b", Streaming(B, 0x1000, "sync"), Streaming(C)), On),
        new("The standby is gone: the key first", LedBy(A).WithSync(A, "b"), Leader("b"), On),
        new("The standby is gone, another streams", LedBy(A).WithSync(A, "b"), Leader("b", Streaming(C)), On),
        new("The standby asked to be left out",
            LedBy(A).WithSync(A, "b").With(Replica(B) with { Tags = new MemberTags { NoSync = true } }),
            Leader("b", Streaming(B, 0x1000, "sync")), On),
        new("The key names one that no commit waits for", LedBy(A).WithSync(A, "b", "c"),
            Leader("b", Streaming(B, 0x1000, "sync"), Streaming(C)), Two),
        new("Two are wanted, one is missing", LedBy(A).WithSync(A, "b"),
            Leader("b", Streaming(B, 0x1000, "sync"), Streaming(C)), Two),
        new("Two are set, both confirmed", LedBy(A).WithSync(A, "b"),
            Leader("2 (b,c)", Streaming(B, 0x1000, "sync"), Streaming(C, 0x1000, "sync")), Two),
        new("A standby lags too far", LedBy(A).WithSync(A, "b"),
            Leader("b", Streaming(B, 0x100, "sync"), Streaming(C)), On with { MaximumLagOnSyncnodeBytes = 0x100 }),
        new("A cascading standby does not count",
            LedBy(A).WithSync(A).With(Replica(B) with { Tags = new MemberTags { ReplicateFrom = "c" } }),
            Leader("", Streaming(B), Streaming(C)), On),
        new("remote_apply: the replay position counts", LedBy(A).WithSync(A),
            Leader("b", Streaming(B, 0x1000, "sync") with { ReplayLsn = new Lsn(0x900) })
                .With(p => p with { SynchronousCommit = "remote_apply" }), On),
        new("ANY of two promises nothing about each", LedBy(A).WithSync(A, "b"),
            Leader("ANY 1 (b,c)", Streaming(B, 0x1000, "quorum"), Streaming(C, 0x1000, "quorum")), On),
        new("Names nobody understands", LedBy(A).WithSync(A, "b"), Leader("*", Streaming(B, 0x1000, "sync")), On),
        new("Strict: all are gone", LedBy(A).WithSync(A, "b"), Leader("b"), Strict),
        new("Strict: nobody was ever there", LedBy(A).WithSync(A), Leader(""), Strict),
        new("Strict: the placeholder stays", LedBy(A).WithSync(A), Leader(SynchronousStandbyNames.Placeholder), Strict),
        new("Strict: one comes", LedBy(A).WithSync(A),
            Leader(SynchronousStandbyNames.Placeholder, Streaming(B)), Strict),
        new("Switched off", LedBy(A).WithSync(A, "b"), Leader("b", Streaming(B, 0x1000, "sync"))),
        new("The key cannot be read",
            LedBy(A) with { Sync = StoredKey<SyncState>.Unreadable(new Revision(60)) },
            Leader("b", Streaming(B, 0x1000, "sync")), On),
        new("Quorum is asked for", LedBy(A).WithSync(A, "b"), Leader("b", Streaming(B, 0x1000, "sync")),
            On with { SynchronousMode = SynchronousMode.Quorum }),
    ]);

    private static LocalState Leader(string names, params StandbyConnection[] standbys) =>
        (Primary(A).Leading() with { SynchronousNamesSetAt = new Lsn(0x1000) }).With(facts => facts with
        {
            SynchronousStandbyNames = names,
            Standbys = standbys.ToEquatableList(),
            Slots = [new("b", true, true, null, null), new("c", true, true, null, null)],
        });

    [Fact]
    public void Synchronous_standby_leaves_the_key_before_it_stops_by_intention()
    {
        var asked = Standby(B) with
        {
            RequestedOperation = OperationKind.Restart,
            RequestedSince = LocalStates.Now - TimeSpan.FromSeconds(1),
        };

        var waits = Decide(LedBy(A).WithSync(A, "B"), asked);
        Assert.True(waits is { Actions.Count: 0, KeepsRequest: true }, waits.Sentence);
        Assert.Equal(LocalStates.Now + TimeSpan.FromSeconds(19), waits.DecideAgainAt);
        Assert.Contains(Decide(LedBy(A).WithSync(A, "c"), asked).Actions, action => action is HaAction.Restart);
        var late = asked with { RequestedSince = LocalStates.Now - TimeSpan.FromSeconds(20) };
        Assert.Contains(Decide(LedBy(A).WithSync(A, "b"), late).Actions, action => action is HaAction.Restart);

        static Decision Decide(ClusterView view, LocalState local) => HaPolicy.Decide(
            view, local, HaSettings.Default with { SynchronousMode = SynchronousMode.On });
    }
}
