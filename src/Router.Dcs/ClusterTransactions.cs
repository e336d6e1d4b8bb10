using Router.Cluster;
using Router.Dcs.Codecs;

namespace Router.Dcs;

/// <summary>
/// Every write to a cluster's keys, as data. Nobody's transaction deletes or overwrites another member's live lease
/// (rule S6), and what only the leader may write compares that the leader key is still the writer's claim.
/// </summary>
public static class ClusterTransactions
{
    /// <summary>
    /// Takes the free leader lock (rule S5): everything that the decision rested on is compared, and the epoch key
    /// tells the next candidate of this acquisition even when the lease is gone.
    /// </summary>
    /// <param name="seen">The view that was decided on; its epoch key must not be unreadable.</param>
    /// <param name="me">The candidate.</param>
    /// <param name="leaseId">Its live lease.</param>
    /// <param name="timeline">What its promotion creates, or what it runs on as primary.</param>
    /// <param name="isOpened">It runs as primary on that timeline already.</param>
    public static DcsTransaction AcquireLeader(
        ClusterView seen, MemberName me, long leaseId, Timeline timeline, bool isOpened = false)
    {
        if (seen.Epoch.IsUnreadable)
        {
            throw new ArgumentException("The epoch key cannot be read, so no acquisition can be numbered.", nameof(seen));
        }

        var epoch = new Epoch(NextEpochNumber(seen), me, timeline, isOpened);
        return new DcsTransaction(
            [
                Absent(DcsKey.Leader),
                new DcsCondition.ModRevisionIs(DcsKey.Epoch, seen.Epoch.ModRevision),
                .. AsSeen(seen),
            ],
            [
                new DcsMutation.Put(DcsKey.Leader, me.Value, leaseId),
                new DcsMutation.Put(DcsKey.Epoch, EpochCodec.Encode(epoch)),
            ]);
    }

    /// <summary>What the winner of <see cref="AcquireLeader"/> remembers.</summary>
    /// <param name="revision">The revision that the store answered.</param>
    public static LeaderClaim ClaimAcquired(ClusterView seen, MemberName me, long leaseId, Revision revision) =>
        new(me, leaseId, revision, NextEpochNumber(seen), revision);

    /// <summary>
    /// The claim that a view shows, after an acquisition whose end is unknown; null where the lock is not
    /// <paramref name="me"/>'s under this lease, or somebody else's epoch stands beside it.
    /// </summary>
    public static LeaderClaim? ClaimSeen(ClusterView view, MemberName me, long leaseId) =>
        view.Leader.Value is { } held && held.Holder == me && held.LeaseId == leaseId
            && view.Epoch.Value is { } epoch && epoch.Holder == me
            ? new LeaderClaim(me, leaseId, held.CreateRevision, epoch.Number, view.Epoch.ModRevision)
            : null;

    /// <summary>The linearizable proof that makes a keepalive count as a renewal (rule S1). Writes nothing.</summary>
    public static DcsTransaction ProveLeader(LeaderClaim claim) => new(Holds(claim), []);

    /// <summary>
    /// Records whether the claim's timeline may have taken writes; the claim goes on with the answer's revision.
    /// </summary>
    public static DcsTransaction NoteEpoch(LeaderClaim claim, Timeline timeline, bool isOpened) => new(
        Holds(claim),
        [PutEpoch(claim, timeline, isOpened)]);

    /// <summary>
    /// Writes the epoch key anew where it was lost: the leader key that stands under this claim's lease proves that
    /// nobody has acquired since. The claim goes on with the answer's revision.
    /// </summary>
    public static DcsTransaction RestoreEpoch(LeaderClaim claim, Revision seen, Timeline timeline, bool isOpened) => new(
        [.. HoldsLeaderKey(claim), new DcsCondition.ModRevisionIs(DcsKey.Epoch, seen)],
        [PutEpoch(claim, timeline, isOpened)]);

    /// <summary>
    /// Puts a lost leader key back, and the epoch key where it is not this claim's any more. Only for a member whose lease
    /// has never lapsed since it acquired (rule S4): the epoch as seen shows that nobody else has acquired since, and the
    /// store refuses a lease that is gone. The claim goes on as <see cref="ClaimRecreated"/> says.
    /// </summary>
    /// <param name="claim">The claim that was lost.</param>
    /// <param name="seen">The view that was decided on; its epoch is readable and no later one than the claim's.</param>
    /// <param name="leaseId">The claim's lease, or a new one where the store forgot it.</param>
    /// <param name="timeline">Of the claim; needed where the epoch has to be written.</param>
    /// <param name="isOpened">What the epoch says of it.</param>
    public static DcsTransaction RecreateLeader(
        LeaderClaim claim, ClusterView seen, long leaseId, Timeline timeline, bool isOpened) => new(
        [
            Absent(DcsKey.Leader),
            new DcsCondition.ModRevisionIs(
                DcsKey.Epoch, IsSuperseded(claim, seen) ? claim.EpochRevision : seen.Epoch.ModRevision),
            .. AsSeen(seen),
        ],
        IsEpochOf(claim, seen)
            ? [new DcsMutation.Put(DcsKey.Leader, claim.Holder.Value, leaseId)]
            : [new DcsMutation.Put(DcsKey.Leader, claim.Holder.Value, leaseId), PutEpoch(claim, timeline, isOpened)]);

    /// <summary>The claim after <see cref="RecreateLeader"/>.</summary>
    /// <param name="revision">The revision that the store answered.</param>
    public static LeaderClaim ClaimRecreated(LeaderClaim claim, ClusterView seen, long leaseId, Revision revision) =>
        claim with
        {
            LeaseId = leaseId,
            CreateRevision = revision,
            EpochRevision = IsEpochOf(claim, seen) ? claim.EpochRevision : revision,
        };

    /// <summary>Whether the epoch key seen is the one that this claim wrote.</summary>
    public static bool IsEpochOf(LeaderClaim claim, ClusterView seen) =>
        seen.Epoch.ModRevision == claim.EpochRevision
        && seen.Epoch.Value is { } epoch && epoch.Number == claim.EpochNumber && epoch.Holder == claim.Holder;

    /// <summary>Deletes a leader key that is nobody's lock: unreadable, or without a lease.</summary>
    public static DcsTransaction ClearVacantLeader(ClusterView seen) => new(
        [
            new DcsCondition.ModRevisionIs(DcsKey.Leader, seen.Leader.ModRevision),
            new DcsCondition.ModRevisionIs(DcsKey.Epoch, seen.Epoch.ModRevision),
        ],
        [new DcsMutation.Delete(DcsKey.Leader)]);

    /// <summary>Deletes the leader key of exactly this claim, so never a later one by the same name.</summary>
    public static DcsTransaction ReleaseLeader(LeaderClaim claim) => new(
        HoldsLeaderKey(claim),
        [new DcsMutation.Delete(DcsKey.Leader)]);

    /// <summary>Writes one's own member key on one's own lease.</summary>
    public static DcsTransaction PutMember(MemberName me, MemberReport report, long leaseId) =>
        new([], [new DcsMutation.Put(DcsKey.Member(me), MemberCodec.Encode(report), leaseId)]);

    public static DcsTransaction PutStatus(LeaderClaim claim, ClusterStatus status) => new(
        HoldsLeaderKey(claim),
        [new DcsMutation.Put(DcsKey.Status, StatusCodec.Encode(status))]);

    /// <param name="claim">Of the writer.</param>
    /// <param name="seen">The key's mod revision that was decided on.</param>
    /// <param name="history">The new value.</param>
    public static DcsTransaction PutHistory(LeaderClaim claim, Revision seen, ClusterHistory history) =>
        PutAsLeader(claim, DcsKey.History, seen, HistoryCodec.Encode(history));

    public static DcsTransaction PutSync(LeaderClaim claim, Revision seen, SyncState sync) =>
        PutAsLeader(claim, DcsKey.Sync, seen, SyncCodec.Encode(sync));

    public static DcsTransaction DeleteSync(LeaderClaim claim, Revision seen) => new(
        [.. HoldsLeaderKey(claim), new DcsCondition.ModRevisionIs(DcsKey.Sync, seen)],
        [new DcsMutation.Delete(DcsKey.Sync)]);

    public static DcsTransaction PutFailsafe(LeaderClaim claim, FailsafeTopology topology) => new(
        HoldsLeaderKey(claim),
        [new DcsMutation.Put(DcsKey.Failsafe, FailsafeCodec.Encode(topology))]);

    /// <summary>The leader empties the request that it saw, not one that came in meanwhile.</summary>
    public static DcsTransaction ClearFailover(LeaderClaim claim, Revision seen) =>
        PutAsLeader(claim, DcsKey.Failover, seen, FailoverCodec.Encode(new FailoverRequest(null, null, null)));

    /// <summary>Anybody may ask for a switchover or failover.</summary>
    public static DcsTransaction PutFailover(Revision seen, FailoverRequest request) =>
        PutAsSeen(DcsKey.Failover, seen, FailoverCodec.Encode(request));

    /// <summary>Anybody may change the dynamic configuration that they saw.</summary>
    public static DcsTransaction PutConfig(Revision seen, string json) => PutAsSeen(DcsKey.Config, seen, json);

    /// <summary>The leader restores a configuration that is gone.</summary>
    public static DcsTransaction RestoreConfig(LeaderClaim claim, Revision seen, string json) =>
        PutAsLeader(claim, DcsKey.Config, seen, json);

    /// <summary>The leader records the system identifier, after bootstrap or where the key is gone or broken.</summary>
    public static DcsTransaction PutInitialize(LeaderClaim claim, Revision seen, SystemIdentifier identifier) =>
        PutAsLeader(claim, DcsKey.Initialize, seen, InitializeCodec.Encode(new Initialization(identifier)));

    /// <summary>The winner may bootstrap; nobody races where a leader or a cluster is.</summary>
    /// <param name="leaseId">
    /// Takes the mark away when its winner dies half way; <see cref="PutInitialize"/> frees the key from it. 0: none.
    /// </param>
    public static DcsTransaction RaceInitialize(long leaseId = 0) => new(
        [Absent(DcsKey.Initialize), Absent(DcsKey.Leader)],
        [new DcsMutation.Put(DcsKey.Initialize, InitializeCodec.Encode(new Initialization(null)), leaseId)]);

    /// <summary>Gives up a bootstrap that failed: only one's own mark, and never a system identifier.</summary>
    /// <param name="raced">The revision of the race that was won.</param>
    public static DcsTransaction ClearInitialize(Revision raced) => new(
        [
            new DcsCondition.ModRevisionIs(DcsKey.Initialize, raced),
            new DcsCondition.ValueIs(DcsKey.Initialize, ""),
        ],
        [new DcsMutation.Delete(DcsKey.Initialize)]);

    /// <summary>
    /// Forgets a cluster whose agents are stopped. The member keys go with their leases; a lock that stands keeps
    /// everything.
    /// </summary>
    public static DcsTransaction RemoveCluster() => new(
        [Absent(DcsKey.Leader)],
        [
            .. new[]
            {
                DcsKey.Initialize, DcsKey.Config, DcsKey.Status, DcsKey.LegacyStatus, DcsKey.Failover, DcsKey.History,
                DcsKey.Sync, DcsKey.Failsafe, DcsKey.Epoch,
            }.Select(key => new DcsMutation.Delete(key)),
        ]);

    private static bool IsSuperseded(LeaderClaim claim, ClusterView seen) =>
        seen.Epoch.IsUnreadable
        || (seen.Epoch.Value is { } epoch
            && (epoch.Number > claim.EpochNumber
                || (epoch.Number == claim.EpochNumber && epoch.Holder != claim.Holder)));

    private static DcsMutation.Put PutEpoch(LeaderClaim claim, Timeline timeline, bool isOpened) => new(
        DcsKey.Epoch, EpochCodec.Encode(new Epoch(claim.EpochNumber, claim.Holder, timeline, isOpened)));

    private static long NextEpochNumber(ClusterView seen) => (seen.Epoch.Value?.Number ?? 0) + 1;

    private static DcsTransaction PutAsSeen(DcsKey key, Revision seen, string value) =>
        new([new DcsCondition.ModRevisionIs(key, seen)], [new DcsMutation.Put(key, value)]);

    private static DcsTransaction PutAsLeader(LeaderClaim claim, DcsKey key, Revision seen, string value) => new(
        [.. HoldsLeaderKey(claim), new DcsCondition.ModRevisionIs(key, seen)],
        [new DcsMutation.Put(key, value)]);

    private static EquatableList<DcsCondition> Holds(LeaderClaim claim) =>
        [.. HoldsLeaderKey(claim), new DcsCondition.ModRevisionIs(DcsKey.Epoch, claim.EpochRevision)];

    private static EquatableList<DcsCondition> HoldsLeaderKey(LeaderClaim claim) =>
    [
        new DcsCondition.ValueIs(DcsKey.Leader, claim.Holder.Value),
        new DcsCondition.LeaseIs(DcsKey.Leader, claim.LeaseId),
        new DcsCondition.CreateRevisionIs(DcsKey.Leader, claim.CreateRevision),
    ];

    private static DcsCondition.ModRevisionIs Absent(DcsKey key) => new(key, Revision.Absent);

    private static DcsCondition[] AsSeen(ClusterView seen) =>
    [
        new DcsCondition.ModRevisionIs(DcsKey.Sync, seen.Sync.ModRevision),
        new DcsCondition.ModRevisionIs(DcsKey.History, seen.History.ModRevision),
        new DcsCondition.ModRevisionIs(DcsKey.Initialize, seen.Initialize.ModRevision),
    ];
}
