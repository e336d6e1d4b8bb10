using Router.Cluster;
using Router.Postgres.History;

namespace Router.Postgres.Tests.History;

public sealed class RewindPolicyTests
{
    private static readonly SystemIdentifier Ours = new(7711286665865089852);

    [Theory]
    // standby: only what lies beyond the switch point has parted
    [InlineData(false, true, 1, "0/5000000", null, HistoryVerdict.CanFollow)]
    [InlineData(false, true, 1, "0/4FFFFFF", null, HistoryVerdict.CanFollow)]
    [InlineData(false, true, 1, "0/5000001", null, HistoryVerdict.Diverged)]
    [InlineData(false, true, 2, "0/6000000", null, HistoryVerdict.CanFollow)]
    [InlineData(false, true, 2, "0/6000001", null, HistoryVerdict.Diverged)]
    // the leader's own timeline
    [InlineData(false, true, 3, "0/7000000", null, HistoryVerdict.CanFollow)]
    [InlineData(false, true, 3, "0/8000001", null, HistoryVerdict.Diverged)]
    [InlineData(true, false, 3, "0/7000000", null, HistoryVerdict.CanFollow)]
    // a timeline that the leader never saw, and a later one
    [InlineData(false, true, 4, "0/1000000", null, HistoryVerdict.Diverged)]
    // former primary: its last record must be the one that the next timeline began behind
    [InlineData(true, true, 2, "0/5FFFF00", "0/6000000", HistoryVerdict.CanFollow)]
    [InlineData(true, true, 2, "0/5FFFF00", "0/5FFFF78", HistoryVerdict.Diverged)]
    [InlineData(true, true, 2, "0/5FFFF00", null, HistoryVerdict.Diverged)]
    [InlineData(true, true, 2, "0/6000000", "0/6000078", HistoryVerdict.Diverged)]
    [InlineData(true, false, 2, "0/5FFFF00", null, HistoryVerdict.Diverged)]
    public void Verdict_follows_from_where_the_histories_part(
        bool isFormerPrimary, bool isClean, int timeline, string position, string? checkpointEnd, object verdict)
    {
        var local = new WalPosition(
            isFormerPrimary, isClean, new Timeline(timeline), At(position), checkpointEnd is null ? null : At(checkpointEnd));

        var comparison = RewindPolicy.Compare(Ours, local, Leader(Ours));

        Assert.Equal(verdict, comparison.Verdict);
        Assert.NotEmpty(comparison.Reason);
    }

    [Fact]
    public void Missing_row_means_parted()
    {
        var leader = Leader(Ours) with { Rows = [] };

        var comparison = RewindPolicy.Compare(Ours, new WalPosition(false, true, new Timeline(1), Lsn.Zero, null), leader);

        Assert.Equal(HistoryVerdict.Diverged, comparison.Verdict);
    }

    [Fact]
    public void Another_cluster_is_nothing_to_follow_and_nothing_to_rewind_to()
    {
        var local = new WalPosition(false, true, new Timeline(1), Lsn.Zero, null);

        var comparison = RewindPolicy.Compare(Ours, local, Leader(new SystemIdentifier(7711286665865089853)));

        Assert.Equal(HistoryVerdict.Unknown, comparison.Verdict);
        Assert.Contains("another cluster", comparison.Reason, StringComparison.Ordinal);
    }

    private static LeaderHistory Leader(SystemIdentifier identifier) => new(
        identifier,
        new Timeline(3),
        At("0/8000000"),
        [
            new HistoryLine(new Timeline(1), At("0/5000000"), "no recovery target specified", null, null),
            new HistoryLine(new Timeline(2), At("0/6000000"), "no recovery target specified", null, null),
        ]);

    private static Lsn At(string text) => Lsn.TryParse(text, out var lsn) ? lsn : throw new FormatException(text);
}
