namespace Router.Integration.Tests;

/// <summary>
/// An agent is killed in the middle of what fills or rewrites its data directory, the tool goes on without it for a
/// while, and the member finds its way back without a person.
/// </summary>
[Trait("Category", "Integration")]
public sealed class ReturnStoryTests : IAsyncLifetime
{
    private const int Stop = 19;

    private TestCluster _cluster = null!;

    /// <summary>The whole class needs a cluster whose making was interrupted: that is its first story.</summary>
    public async Task InitializeAsync() => _cluster = await TestCluster.StartAsync(
        disturb: cluster => cluster.KillAgentInTheMiddleAsync(cluster.Members, "Bootstrap"));

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Member_comes_back_after_its_agent_was_killed_in_initdb_in_a_copy_and_in_a_rewind()
    {
        await KillInACopyAsync();
        await KillInARewindAsync();
    }

    private async Task KillInACopyAsync()
    {
        var leader = (await _cluster.LeaderAsync())!;
        var replica = _cluster.Members.First(member => member.Name != leader);
        _ = await _cluster.AgentPidAsync(replica);

        using var answer = await _cluster.PostAsync(replica, "/reinitialize");
        Assert.True(answer.IsSuccessStatusCode, answer.StatusCode.ToString());
        await _cluster.KillAgentInTheMiddleAsync([replica], "Copy");

        await UntilBackAsync(replica);
        _ = Assert.Single(replica.SetAside);
    }

    private async Task KillInARewindAsync()
    {
        var old = _cluster.Member((await _cluster.LeaderAsync())!);
        _ = await TestCluster.TryAskAsync(_cluster.Endpoint, "CREATE TABLE kept (x int)");
        await PartAsync(old);
        TestCluster.KillNode(old);
        await _cluster.UntilAsync(
            "another member leads", async () => await _cluster.LeaderAsync() is { } next && next != old.Name);

        _cluster.StartAgent(old);
        await _cluster.KillAgentInTheMiddleAsync([old], "Rewind");

        await UntilBackAsync(old);
        _ = Assert.Single(old.SetAside);
        Assert.Equal("0", await TestCluster.TryAskAsync(old, "SELECT count(*) FROM pg_class WHERE relname = 'parted'"));
        Assert.Equal("1", await TestCluster.TryAskAsync(old, "SELECT count(*) FROM pg_class WHERE relname = 'kept'"));
    }

    /// <summary>Leaves a commit in the leader's WAL that no standby gets.</summary>
    private static async Task PartAsync(TestMember leader)
    {
        var senders = await TestCluster.TryAskAsync(leader, "SELECT string_agg(pid::text, ' ') FROM pg_stat_replication");
        foreach (var sender in senders!.Split(' '))
        {
            TestCluster.Signal(int.Parse(sender, System.Globalization.CultureInfo.InvariantCulture), Stop);
        }

        _ = await TestCluster.TryAskAsync(leader, "SET synchronous_commit = local; CREATE TABLE parted (x int)");
    }

    private async Task UntilBackAsync(TestMember member)
    {
        _ = await _cluster.AgentPidAsync(member);
        await _cluster.UntilAsync($"{member.Name} has a whole directory", () => member.IncompleteKind is null
            && File.Exists(Path.Combine(member.DataDirectory, "PG_VERSION")));
        await _cluster.UntilAllStreamAsync();
    }
}
