using System.Collections.Immutable;
using Router.Cluster;

namespace Router.Testing;

/// <summary>
/// Views of a cluster of members a, b and c, initialized, on timeline 3, led by nobody unless said. What a test does not
/// name is as it is in a healthy asynchronous cluster.
/// </summary>
public static class ClusterViews
{
    public static readonly SystemIdentifier Identifier = new(7_000_000_000_000_000_001);

    public static readonly MemberName A = new("a");

    public static readonly MemberName B = new("b");

    public static readonly MemberName C = new("c");

    /// <summary>No leader: three members that run, an epoch of a on timeline 3, and 0/1000 as the last position.</summary>
    public static ClusterView Unlocked() => new()
    {
        Incarnation = 1,
        Revision = new Revision(100),
        Initialize = StoredKey<Initialization>.Present(new Initialization(Identifier), new Revision(11)),
        Config = StoredKey<ClusterConfig>.Present(new ClusterConfig("{}", HaSettings.Default, []), new Revision(12)),
        Epoch = StoredKey<Epoch>.Present(new Epoch(5, A, new Timeline(3), IsOpened: true), new Revision(13)),
        History = History(3),
        Status = Status(0x1000),
        Members = [Replica(A), Replica(B), Replica(C)],
    };

    public static ClusterView LedBy(MemberName leader) => Unlocked().WithLeader(leader);

    /// <summary>Nobody has ever used the scope.</summary>
    public static ClusterView Empty() => new() { Incarnation = 1, Revision = new Revision(1), IsEmpty = true };

    public static ClusterView WithLeader(this ClusterView view, MemberName leader) => view with
    {
        Leader = StoredKey<LeaderLock>.Present(
            new LeaderLock(leader, 0x77, new Revision(50), new Revision(50)), new Revision(50)),
        Epoch = view.Epoch.Value is { } epoch
            ? StoredKey<Epoch>.Present(epoch with { Holder = leader }, view.Epoch.ModRevision)
            : view.Epoch,
        Members = [.. view.Members.Select(
            member => member.Name == leader ? member with { Role = MemberRole.Primary, ReplicationState = null } : member)],
    };

    public static ClusterView WithSync(this ClusterView view, MemberName leader, params string[] standbys) => view with
    {
        Sync = StoredKey<SyncState>.Present(
            new SyncState(leader, SyncState.EmptyStandbys.Union(standbys), 0), new Revision(60)),
    };

    public static ClusterView WithEpoch(this ClusterView view, Epoch epoch) => view with
    {
        Epoch = StoredKey<Epoch>.Present(epoch, new Revision(13)),
    };

    public static ClusterView WithRequest(this ClusterView view, FailoverRequest request) => view with
    {
        Failover = StoredKey<FailoverRequest>.Present(request, new Revision(70)),
    };

    public static ClusterView With(this ClusterView view, Member changed) => view with
    {
        Members = [.. view.Members.Select(member => member.Name == changed.Name ? changed : member)],
    };

    public static Member Replica(MemberName name) => new()
    {
        Name = name,
        ModRevision = new Revision(80),
        Address = Address(name),
        ConnUrl = $"postgres://{Address(name)}/postgres",
        ApiUrl = $"http://{name}:8008/patroni",
        State = "running",
        Role = MemberRole.Replica,
        ReplicationState = "streaming",
        XlogLocation = new Lsn(0x1000),
        Timeline = new Timeline(3),
    };

    public static MemberAddress Address(MemberName name) => new(name.Value, 5432);

    public static StoredKey<ClusterStatus> Status(long optime) => StoredKey<ClusterStatus>.Present(
        new ClusterStatus(new Lsn(optime), ImmutableSortedDictionary<string, Lsn>.Empty, []), new Revision(14));

    /// <summary>The history of a cluster that is on <paramref name="timeline"/>: it was left at 0/100 each time.</summary>
    public static StoredKey<ClusterHistory> History(int timeline) => StoredKey<ClusterHistory>.Present(
        new ClusterHistory([.. Enumerable.Range(1, timeline - 1).Select(line =>
            new HistoryLine(new Timeline(line), new Lsn(0x100 * line), "no recovery target specified", null, "a"))]),
        new Revision(15));
}
