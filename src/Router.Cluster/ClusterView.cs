using System.Collections.Immutable;

namespace Router.Cluster;

/// <summary>
/// Everything the store says about one cluster, read at one revision. Immutable; the only thing that the proxy and the
/// agent share.
/// </summary>
public sealed record ClusterView
{
    /// <summary>
    /// Counts the histories of the store that this process has seen; a store that was restored or wiped starts the
    /// next one (safety.md S9). Revisions are compared within one incarnation only.
    /// </summary>
    public long Incarnation { get; init; }

    /// <summary>
    /// Which store answered, where it has a name of its own (etcd's cluster id): two stores behind one address tell apart
    /// by it. Null where the store has none.
    /// </summary>
    public string? StoreId { get; init; }

    public Revision Revision { get; init; }

    /// <summary>True where the whole prefix was empty: nobody has ever used this scope, or it was wiped.</summary>
    public bool IsEmpty { get; init; }

    public StoredKey<Initialization> Initialize { get; init; }

    public StoredKey<LeaderLock> Leader { get; init; }

    public StoredKey<Epoch> Epoch { get; init; }

    public StoredKey<ClusterConfig> Config { get; init; }

    public StoredKey<ClusterStatus> Status { get; init; }

    public StoredKey<FailoverRequest> Failover { get; init; }

    public StoredKey<ClusterHistory> History { get; init; }

    public StoredKey<SyncState> Sync { get; init; }

    public StoredKey<FailsafeTopology> Failsafe { get; init; }

    /// <summary>The members whose keys stand, ordered by name.</summary>
    public ImmutableArray<Member> Members { get; init; } = [];

    public Member? Find(MemberName name)
    {
        foreach (var member in Members)
        {
            if (member.Name == name)
            {
                return member;
            }
        }

        return null;
    }

    /// <summary>The member that holds the leader lock, when its own key stands too.</summary>
    public Member? LeaderMember => Leader.Value is { } held ? Find(held.Holder) : null;

    public bool IsLockedBy(MemberName name) => Leader.Value?.Holder == name;

    /// <summary>
    /// The highest timeline that any record of the store names as one that may have taken writes (safety.md S5). A
    /// promotion that never opened proves the timeline below its own, which its candidate was on.
    /// </summary>
    public Timeline HighestRecordedTimeline
    {
        get
        {
            var highest = History.Value?.CurrentTimeline ?? Timeline.Unknown;
            if (Epoch.Value is not { } epoch)
            {
                return highest;
            }

            var recorded = epoch.IsOpened ? epoch.Timeline : new Timeline(Math.Max(0, epoch.Timeline.Value - 1));
            return recorded > highest ? recorded : highest;
        }
    }
}
