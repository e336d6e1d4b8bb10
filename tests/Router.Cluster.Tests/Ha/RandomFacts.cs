using Router.Cluster.Guarding;
using Router.Cluster.Local;
using Router.Testing;

namespace Router.Cluster.Tests.Ha;

/// <summary>Facts drawn without regard to what is likely: whatever can be written down, a policy must survive.</summary>
internal sealed class RandomFacts(Random random)
{
    private static readonly MemberName[] Names = [ClusterViews.A, ClusterViews.B, ClusterViews.C];

    public HaSettings Settings() => HaSettings.Default with
    {
        Pause = Chance(10),
        SynchronousMode = One(SynchronousMode.Off, SynchronousMode.On, SynchronousMode.Quorum),
        SynchronousModeStrict = Chance(30),
        SynchronousNodeCount = random.Next(1, 3),
        FailsafeMode = Chance(20),
        CheckTimeline = Chance(30),
        PrimaryStartTimeout = TimeSpan.FromSeconds(One(0, 5, 300)),
        MaximumLagOnSyncnodeBytes = One(-1, 0x100),
        UseSlots = Chance(80),
    };

    public ClusterView? View()
    {
        if (Chance(8))
        {
            return null;
        }

        var view = Chance(5) ? ClusterViews.Empty() : ClusterViews.Unlocked();
        view = Chance(50) ? view.WithLeader(One(Names)) : view;
        view = Chance(50) ? view.WithSync(One(Names), [.. Names.Where(_ => Chance(40)).Select(name => name.Value)]) : view;
        view = Chance(40)
            ? view.WithEpoch(new Epoch(random.Next(3, 8), One(Names), Timeline(), Chance(50)))
            : view;
        view = Chance(25) ? view.WithRequest(Request()) : view;
        return view with
        {
            History = Chance(5) ? StoredKey<ClusterHistory>.Unreadable(new Revision(1))
                : Chance(20) ? default : ClusterViews.History(random.Next(1, 5)),
            Sync = Chance(5) ? StoredKey<SyncState>.Unreadable(new Revision(1)) : view.Sync,
            Leader = Chance(3) ? StoredKey<LeaderLock>.Unreadable(new Revision(1))
                : Chance(3) ? StoredKey<LeaderLock>.Present(
                    new LeaderLock(One(Names), 0, new Revision(50), new Revision(50)), new Revision(50))
                : view.Leader,
            Epoch = Chance(3) ? StoredKey<Epoch>.Unreadable(new Revision(1)) : Chance(5) ? default : view.Epoch,
            Initialize = Chance(5) ? default : view.Initialize,
            Members = [.. view.Members.Where(_ => Chance(85)).Select(Change)],
        };
    }

    public LocalState Local()
    {
        var me = ClusterViews.B;
        LocalState local = random.Next(5) switch
        {
            0 => LocalStates.Primary(me),
            1 => LocalStates.Standby(me),
            2 => LocalStates.StoppedPrimary(me),
            3 => LocalStates.StoppedStandby(me),
            _ => LocalStates.WithoutData(me),
        };
        return local.With(Change) with
        {
            Tags = Tags(),
            Lease = One<LeaseState>(
                new LeaseState.None(), new LeaseState.Lapsed(),
                new LeaseState.Held(random.Next(4, 7), Chance(60), LocalStates.Now + TimeSpan.FromSeconds(random.Next(-5, 30)))),
            Guard = One<GuardState>(
                new GuardState.Missing(), new GuardState.Disarmed(), new GuardState.Fired(),
                new GuardState.Armed(LocalStates.Now + TimeSpan.FromSeconds(5))),
            IsGuardRequired = Chance(40),
            GuardMissingSince = Since(),
            CrashedSince = Since(),
            UnlockedSince = Since(),
            PromotionFailedAt = Chance(10) ? Since() : null,
            IsIncarnationSettled = Chance(85),
            HasStoreForgotten = Chance(10),
            IsOtherStore = Chance(10),
            PausedLeader = Chance(10) ? One(Names) : null,
            SynchronousNamesSetAt = Chance(70) ? Position() : null,
            Peers = Chance(70) ? Names.Where(name => name != me && Chance(75)).Select(Peer).ToEquatableList() : null,
            Operation = Chance(20)
                ? new RunningOperation(One(Enum.GetValues<OperationKind>()), LocalStates.Now)
                : null,
            LastOperation = Chance(20)
                ? new OperationEnd(One(Enum.GetValues<OperationKind>()), Chance(50), "it said so", LocalStates.Now)
                : null,
            RequestedOperation = Chance(10) ? One(OperationKind.Restart, OperationKind.Reinitialize) : null,
        };
    }

    private PostgresFacts Change(PostgresFacts facts) => facts with
    {
        State = Chance(25) ? One(Enum.GetValues<PostgresState>()) : facts.State,
        DataDirectory = Chance(5) ? One(Enum.GetValues<DataDirectoryState>()) : facts.DataDirectory,
        Timeline = Chance(20) ? Timeline() : facts.Timeline,
        ReceiveLsn = Position(),
        ReplayLsn = Position(),
        FlushLsn = Position(),
        ReplicationState = Chance(50) ? "streaming" : null,
        SynchronousStandbyNames = One("", "a", "c", "2 (a,c)", "ANY 1 (a,c)", "*", "not ( a value"),
        SynchronousCommit = One("on", "remote_apply", "remote_write"),
        Standbys = Names.Where(_ => Chance(60))
            .Select(name => LocalStates.Streaming(name, Position().Value, One("sync", "async", "potential", "quorum")))
            .ToEquatableList(),
    };

    private Member Change(Member member) => member with
    {
        Tags = Tags(),
        State = Chance(85) ? "running" : "stopped",
        Timeline = Timeline(),
        Address = Chance(90) ? member.Address : null,
        Pause = Chance(50),
    };

    private PeerReport Peer(MemberName name) => new(
        name, Chance(90), Chance(85), Position(), Timeline(), Tags(), WatchdogFailed: Chance(10));

    private FailoverRequest Request() => new(
        Chance(60) ? One(Names) : null, Chance(60) ? One(Names) : null,
        Chance(20) ? default(DateTimeOffset).AddSeconds(random.Next(0, 40)) : null);

    private MemberTags Tags() => Chance(60) ? MemberTags.None : new MemberTags
    {
        NoFailover = Chance(20),
        FailoverPriority = random.Next(0, 3),
        NoSync = Chance(20),
        NoStream = Chance(10),
        ReplicateFrom = Chance(20) ? One(Names).Value : null,
    };

    private Timeline Timeline() => new(random.Next(0, 6));

    private Lsn Position() => new(random.Next(8, 24) * 0x100);

    private BootTime? Since() => Chance(60) ? LocalStates.Now - TimeSpan.FromSeconds(random.Next(0, 60)) : null;

    private bool Chance(int percent) => random.Next(100) < percent;

    private T One<T>(params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];
}
