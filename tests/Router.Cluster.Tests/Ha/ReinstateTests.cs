using Router.Cluster.Local;
using Router.Testing;
using static Router.Testing.ClusterViews;
using static Router.Testing.LocalStates;

namespace Router.Cluster.Tests.Ha;

/// <summary>The store lost the lock of a leader whose lease is safe, or more. The answers are scenarios/reinstate.txt.</summary>
public sealed class ReinstateTests
{
    private static readonly LocalState Leader = Primary(A).Leading();

    private static readonly LocalState Bystander = Standby(B).Asked(Peer(C));

    [Fact]
    public void Reinstate() => Scenario.Agree("reinstate.txt", [.. Lost(), .. Epochs(), .. NotMine(), .. Others()]);

    private static IEnumerable<Scenario> Lost() =>
    [
        new("The leader key was deleted", Unlocked(), Leader),
        new("The whole store was emptied", Empty(), Leader),
        new("The store was emptied and began anew", Empty(), Leader with { IsIncarnationSettled = false }),
        new("The store was emptied, and I have not been promoted yet", Empty(), Standby(A).Leading(isOpened: false)),
        new("The store was emptied while the promotion runs", Empty(), Standby(A).Leading() with
        {
            Operation = new RunningOperation(OperationKind.Promote, LocalStates.Now),
        }),
        new("The store was emptied in a pause", Empty(), Leader, HaSettings.Default with { Pause = true }),
        new("An old backup with nobody leading",
            Unlocked().WithEpoch(new Epoch(3, C, new Timeline(2), true)) with { History = History(2) },
            Leader with { IsIncarnationSettled = false }),
        new("The leader key is garbage", Garbage(), Leader),
        new("The leader key names somebody without a lease", Leaseless(C), Leader),
        new("The leader key names me without a lease", Leaseless(A), Leader),
    ];

    private static IEnumerable<Scenario> Epochs() =>
    [
        new("The epoch key was deleted", LedBy(A) with { Epoch = default }, Leader),
        new("The epoch key is garbage", LedBy(A) with { Epoch = StoredKey<Epoch>.Unreadable(new Revision(90)) }, Leader),
        new("The epoch key is an old one", LedBy(A).WithEpoch(new Epoch(4, B, new Timeline(2), true)), Leader),
        new("The epoch key does not say what I opened", LedBy(A).WithEpoch(new Epoch(5, A, new Timeline(3), false)), Leader),
        new("The epoch key is gone before my promotion", LedBy(A) with { Epoch = default },
            Standby(A).Leading(isOpened: false)),
        new("Epoch and leader key are gone", Unlocked() with { Epoch = default }, Leader),
        new("The leader key is gone and the epoch key is garbage",
            Unlocked() with { Epoch = StoredKey<Epoch>.Unreadable(new Revision(90)) }, Leader),
    ];

    private static IEnumerable<Scenario> NotMine() =>
    [
        new("My lease has lapsed", Empty(), Primary(A).Lapsed()),
        new("I never held one", Empty(), Primary(A)),
        new("Somebody acquired after me", Unlocked().WithEpoch(new Epoch(6, B, new Timeline(4), false)), Leader),
        new("Somebody else has my number", Unlocked().WithEpoch(new Epoch(5, B, new Timeline(4), false)), Leader),
        new("Somebody raced first", LedBy(B), Leader),
        new("Another store answers", Empty(), Leader with { IsOtherStore = true, IsIncarnationSettled = false }),
        new("Another store answers and my lease ends", Empty(),
            Primary(A).Leading(seconds: 7) with { IsOtherStore = true }),
        new("A later timeline is recorded", Unlocked() with { History = History(4) }, Leader),
        new("PostgreSQL hangs", Empty(), Leader.With(p => p with { State = PostgresState.Hung })),
    ];

    private static IEnumerable<Scenario> Others() =>
    [
        new("A standby of an emptied store", Empty(), Bystander with { HasStoreForgotten = true }),
        new("A standby where epoch and leader key are gone", Unlocked() with { Epoch = default },
            Bystander with { HasStoreForgotten = true }),
        new("A standby a ttl later", Empty(), Bystander),
        new("A member without data", Empty(), WithoutData(B) with { HasStoreForgotten = true }),
        new("A standby sees garbage in the leader key", Garbage(), Bystander),
        new("A former primary in a pause", Empty(), Primary(B).Lapsed().Asked(Peer(C)) with { HasStoreForgotten = true },
            HaSettings.Default with { Pause = true }),
    ];

    private static ClusterView Garbage() =>
        Unlocked() with { Leader = StoredKey<LeaderLock>.Unreadable(new Revision(50)) };

    private static ClusterView Leaseless(MemberName name) => Unlocked() with
    {
        Leader = StoredKey<LeaderLock>.Present(
            new LeaderLock(name, 0, new Revision(50), new Revision(50)), new Revision(50)),
    };
}
