using System.Collections.Immutable;
using Router.Agent.Api;
using Router.Cluster;
using Router.Cluster.Local;

namespace Router.Testing.Api;

/// <summary>
/// Snapshots of member node1 of cluster demo, whose other member is node2. Read at <paramref name="now"/>, with a ttl of
/// 30 s.
/// </summary>
public sealed class AgentSnapshots(BootTime now)
{
    public static readonly MemberName Me = new("node1");
    public static readonly MemberName Other = new("node2");

    private static readonly DateTimeOffset WallClock = new(2026, 11, 23, 1, 20, 36, TimeSpan.Zero);

    /// <summary>A lease that is safe for another ttl.</summary>
    public LeaseState Lease => new LeaseState.Held(3, IsEpochOpened: true, now + TimeSpan.FromSeconds(30));

    public AgentSnapshot Primary() => Build(RunningPrimary, View(leader: Me));

    public AgentSnapshot Replica() => Build(RunningStandby, View(leader: Other));

    public AgentSnapshot SyncStandby(SynchronousMode mode = SynchronousMode.On) => Replica() with
    {
        Settings = HaSettings.Default with { SynchronousMode = mode },
        View = View(leader: Other) with
        {
            Sync = StoredKey<SyncState>.Present(
                new SyncState(Other, SyncState.EmptyStandbys.Add(Me.Value), 1), new Revision(9)),
        },
    };

    public AgentSnapshot StandbyLeader() =>
        Build(RunningStandby, View(leader: Me)) with { IsStandbyCluster = true };

    /// <summary>Holds the lock, and PostgreSQL has crashed.</summary>
    public AgentSnapshot Crashed() => Build(
        new PostgresFacts
        {
            DataDirectory = DataDirectoryState.Valid,
            State = PostgresState.Stopped,
            Control = Control("in production"),
        },
        View(leader: Me));

    public AgentSnapshot Starting() => Build(
        new PostgresFacts
        {
            DataDirectory = DataDirectoryState.Valid,
            State = PostgresState.Starting,
            HasStandbySignal = true,
            Control = Control("in archive recovery"),
        },
        View(leader: Other));

    public static PostgresFacts RunningPrimary => new()
    {
        DataDirectory = DataDirectoryState.Valid,
        State = PostgresState.Running,
        Control = Control("in production"),
        Timeline = new Timeline(2),
        FlushLsn = new Lsn(67_381_760),
        PostmasterStartTime = new DateTimeOffset(2026, 11, 23, 1, 19, 20, TimeSpan.Zero).AddTicks(7_009_480),
        ServerVersion = 150_020,
        Standbys = [new StandbyConnection("node2", "streaming", "async", null, null, null, "replicator", "127.0.0.1")],
    };

    public static PostgresFacts RunningStandby => new()
    {
        DataDirectory = DataDirectoryState.Valid,
        State = PostgresState.Running,
        HasStandbySignal = true,
        IsInRecovery = true,
        Control = Control("in archive recovery"),
        Timeline = new Timeline(2),
        ReceiveLsn = new Lsn(67_381_760),
        ReplayLsn = new Lsn(67_380_000),
        ReplayTimestamp = new DateTimeOffset(2026, 11, 23, 1, 20, 36, TimeSpan.Zero).AddTicks(897_630),
        ReplicationState = "streaming",
        PostmasterStartTime = new DateTimeOffset(2026, 11, 23, 1, 19, 20, TimeSpan.Zero),
        ServerVersion = 150_020,
    };

    /// <summary>The cluster of node1 and node2; null: nobody holds the lock.</summary>
    public static ClusterView View(MemberName? leader) => new()
    {
        Revision = new Revision(20),
        Leader = leader is { } holder
            ? StoredKey<LeaderLock>.Present(
                new LeaderLock(holder, 7, new Revision(5), new Revision(5)), new Revision(5))
            : StoredKey<LeaderLock>.Absent,
        Status = StoredKey<ClusterStatus>.Present(
            new ClusterStatus(new Lsn(67_381_760), ImmutableSortedDictionary<string, Lsn>.Empty, []), new Revision(6)),
        Members = [MemberOf(Me, 28_001), MemberOf(Other, 28_002)],
    };

    private static Member MemberOf(MemberName name, int port) => new()
    {
        Name = name,
        ModRevision = new Revision(7),
        ApiUrl = $"http://127.0.0.1:{port}/patroni",
        ConnUrl = $"postgres://127.0.0.1:{port - 3000}/postgres",
        Address = new MemberAddress("127.0.0.1", port - 3000),
        State = "running",
        Role = MemberRole.Replica,
    };

    private static ControlFile Control(string state) => new(
        state, new SystemIdentifier(7_711_170_303_901_652_206), new Timeline(2), Lsn.Zero, Lsn.Zero, default);

    private AgentSnapshot Build(PostgresFacts postgres, ClusterView view) => new()
    {
        Scope = "demo",
        Local = new LocalState { Name = Me, Now = now, Postgres = postgres },
        View = view,
        ViewSeenAt = WallClock,
        ViewReadAt = now,
        Decision = "no action",
        Cycle = new CycleStamp(12, now, TimeSpan.FromMilliseconds(40)),
    };
}
