using Router.Cluster;
using Router.Cluster.Guarding;
using Router.Cluster.Local;

namespace Router.Testing;

/// <summary>
/// What a member knows of itself, at 1000 s of its boot clock, with an idle guard and nothing asked of anybody.
/// </summary>
public static class LocalStates
{
    public static readonly BootTime Now = new(TimeSpan.FromSeconds(1000));

    private static readonly ControlFile Control = new(
        "in production", ClusterViews.Identifier, new Timeline(3), new Lsn(0x900), Lsn.Zero, Timeline.Unknown);

    /// <summary>A running primary on timeline 3 with everything at 0/1000.</summary>
    public static LocalState Primary(MemberName name) => Member(name) with
    {
        Postgres = new PostgresFacts
        {
            DataDirectory = DataDirectoryState.Valid,
            Control = Control,
            State = PostgresState.Running,
            Timeline = new Timeline(3),
            FlushLsn = new Lsn(0x1000),
        },
    };

    /// <summary>A running standby on timeline 3 that has received and replayed 0/1000 from a.</summary>
    public static LocalState Standby(MemberName name) => Member(name) with
    {
        Postgres = new PostgresFacts
        {
            DataDirectory = DataDirectoryState.Valid,
            Control = Control with { State = "in archive recovery" },
            HasStandbySignal = true,
            State = PostgresState.Running,
            IsInRecovery = true,
            Timeline = new Timeline(3),
            ReceiveLsn = new Lsn(0x1000),
            ReplayLsn = new Lsn(0x1000),
            ReplicationState = "streaming",
            Following = Source(name, ClusterViews.A),
        },
    };

    /// <summary>Data of a primary that stopped, cleanly or not.</summary>
    public static LocalState StoppedPrimary(MemberName name) => Member(name) with
    {
        Postgres = new PostgresFacts { DataDirectory = DataDirectoryState.Valid, Control = Control },
    };

    public static LocalState StoppedStandby(MemberName name) => Member(name) with
    {
        Postgres = new PostgresFacts
        {
            DataDirectory = DataDirectoryState.Valid,
            Control = Control with { State = "shut down in recovery" },
            HasStandbySignal = true,
        },
    };

    public static LocalState WithoutData(MemberName name) => Member(name);

    /// <summary>Leads by a lease that is safe for another <paramref name="seconds"/>, with an armed guard.</summary>
    public static LocalState Leading(this LocalState local, double seconds = 25, bool isOpened = true) => local with
    {
        Lease = new LeaseState.Held(5, isOpened, Now + TimeSpan.FromSeconds(seconds)),
        Guard = new GuardState.Armed(Now + TimeSpan.FromSeconds(seconds - 3)),
    };

    public static LocalState Lapsed(this LocalState local) => local with { Lease = new LeaseState.Lapsed() };

    public static LocalState Asked(this LocalState local, params PeerReport[] peers) =>
        local with { Peers = peers.ToEquatableList() };

    public static LocalState With(this LocalState local, Func<PostgresFacts, PostgresFacts> change) =>
        local with { Postgres = change(local.Postgres) };

    public static PeerReport Peer(MemberName name, long position = 0x1000, bool isInRecovery = true) => new(
        name, IsRunning: true, isInRecovery, new Lsn(position), new Timeline(3), MemberTags.None, WatchdogFailed: false);

    /// <summary>How <paramref name="name"/> streams from <paramref name="source"/>.</summary>
    public static FollowTarget Source(MemberName name, MemberName source) =>
        new(source, ClusterViews.Address(source), SlotName.Of(name));

    /// <summary>A row of pg_stat_replication: <paramref name="name"/> streams and has everything up to here.</summary>
    public static StandbyConnection Streaming(MemberName name, long position = 0x1000, string syncState = "async") => new(
        name.Value, "streaming", syncState, new Lsn(position), new Lsn(position), new Lsn(position));

    private static LocalState Member(MemberName name) => new()
    {
        Name = name,
        Now = Now,
        Guard = new GuardState.Disarmed(),
        IsIncarnationSettled = true,
        UnlockedSince = Now - TimeSpan.FromSeconds(30),
    };
}
