using System.Collections.Immutable;
using Router.Cluster;
using Router.Testing;

namespace Router.Dcs.Tests;

public sealed class ClusterTransactionsTests
{
    private static readonly MemberName Me = new("a");
    private static readonly LeaderClaim Claim = new(Me, 7, new Revision(10), 3, new Revision(11));

    [Fact]
    public void Acquisition_compares_all_that_the_decision_saw()
    {
        var seen = ViewOf(
            new RawKey("epoch", """{"number":4,"holder":"b","timeline":2,"opened":true}""", new Revision(2), new Revision(9)),
            new RawKey("sync", "{}", new Revision(2), new Revision(5)),
            new RawKey("history", "[]", new Revision(2), new Revision(6)),
            new RawKey("initialize", "", new Revision(2), new Revision(7)));

        var transaction = ClusterTransactions.AcquireLeader(seen, Me, 7, new Timeline(3));

        Assert.Equal(
            [
                new DcsCondition.ModRevisionIs(DcsKey.Leader, Revision.Absent),
                new DcsCondition.ModRevisionIs(DcsKey.Epoch, new Revision(9)),
                new DcsCondition.ModRevisionIs(DcsKey.Sync, new Revision(5)),
                new DcsCondition.ModRevisionIs(DcsKey.History, new Revision(6)),
                new DcsCondition.ModRevisionIs(DcsKey.Initialize, new Revision(7)),
            ],
            transaction.Conditions);
        Assert.Equal(
            [
                new DcsMutation.Put(DcsKey.Leader, "a", 7),
                new DcsMutation.Put(DcsKey.Epoch, """{"number":5,"holder":"a","timeline":3,"opened":false}"""),
            ],
            transaction.Mutations);
    }

    [Fact]
    public void Nothing_is_numbered_after_an_epoch_that_cannot_be_read()
    {
        var seen = ViewOf(new RawKey("epoch", "garbage", new Revision(2), new Revision(9)));

        _ = Assert.Throws<ArgumentException>(() => ClusterTransactions.AcquireLeader(seen, Me, 7, new Timeline(3)));
    }

    [Fact]
    public void Proof_compares_value_lease_create_revision_and_epoch_and_writes_nothing()
    {
        var proof = ClusterTransactions.ProveLeader(Claim);

        Assert.Equal(
            [
                new DcsCondition.ValueIs(DcsKey.Leader, "a"),
                new DcsCondition.LeaseIs(DcsKey.Leader, 7),
                new DcsCondition.CreateRevisionIs(DcsKey.Leader, new Revision(10)),
                new DcsCondition.ModRevisionIs(DcsKey.Epoch, new Revision(11)),
            ],
            proof.Conditions);
        Assert.Empty(proof.Mutations);
    }

    public static TheoryData<string, DcsTransaction> WritesOfTheLeader => new()
    {
        { "status", ClusterTransactions.PutStatus(Claim, new ClusterStatus(default, ImmutableSortedDictionary<string, Lsn>.Empty, [])) },
        { "history", ClusterTransactions.PutHistory(Claim, new Revision(5), new ClusterHistory([])) },
        { "sync", ClusterTransactions.PutSync(Claim, new Revision(5), SyncState.Inactive) },
        { "sync", ClusterTransactions.DeleteSync(Claim, new Revision(5)) },
        { "failover", ClusterTransactions.ClearFailover(Claim, new Revision(5)) },
        { "config", ClusterTransactions.RestoreConfig(Claim, new Revision(5), "{}") },
        { "initialize", ClusterTransactions.PutInitialize(Claim, new Revision(5), new SystemIdentifier(7711170303901652206)) },
        { "failsafe", ClusterTransactions.PutFailsafe(Claim, new FailsafeTopology(ImmutableSortedDictionary<string, string>.Empty)) },
        { "epoch", ClusterTransactions.NoteEpoch(Claim, new Timeline(2), isOpened: true) },
    };

    [Theory]
    [MemberData(nameof(WritesOfTheLeader))]
    public void Writes_of_the_leader_hold_its_claim_and_the_revision_seen(string path, DcsTransaction transaction)
    {
        Assert.Equal(new DcsKey(path), Assert.Single(transaction.Mutations).Key);
        Assert.Contains(new DcsCondition.ValueIs(DcsKey.Leader, "a"), transaction.Conditions);
        Assert.Contains(new DcsCondition.LeaseIs(DcsKey.Leader, 7), transaction.Conditions);
        Assert.Contains(new DcsCondition.CreateRevisionIs(DcsKey.Leader, new Revision(10)), transaction.Conditions);
        if (path is not ("status" or "failsafe" or "epoch"))
        {
            Assert.Contains(new DcsCondition.ModRevisionIs(new DcsKey(path), new Revision(5)), transaction.Conditions);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Nobody_touches_the_live_lease_of_another_member(int seed)
    {
        // Members a and b build every transaction there is from views that may be out of date, while leases lapse.
        var world = new TransactionWorld(new ManualTime(), seed);

        for (var step = 0; step < 5000; step++)
        {
            await world.StepAsync();
        }

        Assert.True(world.Commits > 300, $"only {world.Commits} commits");
        Assert.True(world.Acquisitions > 20, $"only {world.Acquisitions} acquisitions");
    }

    private static ClusterView ViewOf(params RawKey[] keys) => ClusterCodec.Decode(keys, new Revision(12));
}
