using System.Text.RegularExpressions;

namespace Router.Integration.Tests;

/// <summary>The store loses or garbles what it knew, and the primary that runs puts it right (reference/faults.md 24 to 28).</summary>
[Trait("Category", "Integration")]
public sealed partial class StoreLossTests : IClassFixture<ClusterFixture>
{
    private const string Prefix = $"/service/{TestCluster.Scope}/";

    private static readonly string[] Lasting = ["leader", "initialize", "config", "history", "sync", "status", "epoch"];

    private readonly TestCluster _cluster;

    public StoreLossTests(ClusterFixture fixture)
    {
        _cluster = fixture.Cluster;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Emptied_store_is_filled_again_by_the_leader_that_runs_on(bool isReplaced)
    {
        await _cluster.UntilAllStreamAsync();
        await _cluster.PatronictlAsync(
            "switchover", TestCluster.Scope, "--master", (await _cluster.LeaderAsync())!, "--force");
        await KeepsItsLeaderAsync(() => isReplaced
            ? _cluster.Store.ReplaceByEmptyAsync(0)
            : _cluster.Store.ControlAsync("del", "--prefix", Prefix));
    }

    [Fact]
    public async Task Deleted_leader_key_is_back_at_once() =>
        await KeepsItsLeaderAsync(() => _cluster.Store.ControlAsync("del", Prefix + "leader"));

    [Fact]
    public async Task Garbage_in_the_leaders_keys_is_put_right_and_in_others_changes_nothing() =>
        await KeepsItsLeaderAsync(async () =>
        {
            string[] others = ["initialize", "config", "history", "sync", "failover", "status", "members/node-2"];
            foreach (var key in others)
            {
                await SpoilAsync(key);
            }

            // One after the other: a lock that is lost beside an epoch that nobody can read is not put back.
            await SpoilAsync("leader");
            await _cluster.UntilAsync("the leader key is put right", async () =>
                await GetAsync("leader") is { } holder && _cluster.Members.Any(member => member.Name == holder));
            await SpoilAsync("epoch");
            await _cluster.UntilAsync("the epoch key is put right", async () => (await GetAsync("epoch")).StartsWith('{'));
            foreach (var key in others[..5])
            {
                await _cluster.Store.ControlAsync("del", Prefix + key);
            }
        });

    [Fact]
    public async Task Second_cluster_of_the_same_scope_is_refused_and_the_first_is_untouched() =>
        await KeepsItsLeaderAsync(async () =>
        {
            var (member, exit) = await _cluster.RunStrangerAsync();
            Assert.Equal(1, exit);
            Assert.Matches(RefusalPattern(), await File.ReadAllTextAsync(member.Log));
        });

    [GeneratedRegex("this data directory has system identifier [0-9]+, the store's cluster has [0-9]+")]
    private static partial Regex RefusalPattern();

    /// <summary>Same leader, timeline and cluster after it, one primary all the while, and every acknowledged write there.</summary>
    private async Task KeepsItsLeaderAsync(Func<Task> happens)
    {
        await _cluster.UntilAllStreamAsync();
        var (leader, timeline, identifier) = (await _cluster.LeaderAsync(), await TimelineAsync(), await GetAsync("initialize"));
        var writer = await _cluster.BeginWritesAsync();
        using var writing = new CancellationTokenSource();
        var running = writer.RunAsync(writing.Token);
        await _cluster.UntilAsync("writes go on", () => writer.Acknowledged > 10);

        await happens();

        await _cluster.UntilAsync("every key is back", async () =>
        {
            Assert.True(await CountPrimariesAsync() <= 1);
            var keys = await _cluster.Store.ControlAsync("get", "--prefix", "--keys-only", Prefix);
            return Lasting.All(key => (timeline == 1 && key == "history") || keys.Contains(Prefix + key, StringComparison.Ordinal));
        });
        var before = writer.Acknowledged;
        await _cluster.UntilAsync("writes go on after it", () => writer.Acknowledged > before + 10);
        await _cluster.UntilAllStreamAsync();
        await writing.CancelAsync();
        await running;
        Assert.Equal(
            (leader, timeline, identifier), (await _cluster.LeaderAsync(), await TimelineAsync(), await GetAsync("initialize")));
        Assert.Empty(await writer.FindLostAsync(CancellationToken.None));
    }

    private Task<string> SpoilAsync(string key) => _cluster.Store.ControlAsync("put", Prefix + key, "} no such thing");

    private async Task<int> TimelineAsync() => (await _cluster.RowsAsync()).Max(row => row.Timeline);

    private async Task<string> GetAsync(string key) =>
        (await _cluster.Store.ControlAsync("get", "--print-value-only", Prefix + key)).Trim();

    private async Task<int> CountPrimariesAsync()
    {
        var answers = await Task.WhenAll(_cluster.Members
            .Select(member => TestCluster.TryAskAsync(member, "SELECT pg_is_in_recovery()")));
        return answers.Count(answer => answer == "False");
    }
}
