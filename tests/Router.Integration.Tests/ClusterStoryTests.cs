namespace Router.Integration.Tests;

/// <summary>What an operator of a running cluster does and suffers, on real processes; each story leaves it healthy.</summary>
[Trait("Category", "Integration")]
public sealed class ClusterStoryTests : IClassFixture<ClusterFixture>
{
    private const int Kill = 9;
    private const int Terminate = 15;
    private const int Stop = 19;
    private const int Continue = 18;

    private readonly TestCluster _cluster;

    public ClusterStoryTests(ClusterFixture fixture)
    {
        _cluster = fixture.Cluster;
    }

    [Fact]
    public async Task Patronictl_lists_the_cluster_and_switches_it_over()
    {
        await _cluster.UntilAllStreamAsync();
        var leader = await _cluster.LeaderAsync();

        var list = await _cluster.PatronictlAsync("list");
        Assert.Contains("Leader", list, StringComparison.Ordinal);
        Assert.Contains("Sync Standby", list, StringComparison.Ordinal);

        var answer = await _cluster.PatronictlAsync("switchover", TestCluster.Scope, "--master", leader!, "--force");
        Assert.Contains("Successfully switched over", answer, StringComparison.Ordinal);
        Assert.NotEqual(leader, await _cluster.LeaderAsync());
        await _cluster.UntilAllStreamAsync();
    }

    [Fact]
    public async Task Killed_agent_comes_back_and_leads_on_without_touching_PostgreSQL()
    {
        await _cluster.UntilAllStreamAsync();
        var leader = _cluster.Member((await _cluster.LeaderAsync())!);
        var (agent, postmaster) = (await _cluster.AgentPidAsync(leader), leader.PostmasterPid);
        var timeline = (await _cluster.RowsAsync()).Max(row => row.Timeline);

        TestCluster.Signal(agent, Kill);

        _ = await _cluster.AgentPidAsync(leader, former: agent);
        await _cluster.UntilAsync("it says that it leads", () => _cluster.AnswersAsync(leader, "/primary"));
        await _cluster.UntilAllStreamAsync();
        Assert.Equal(postmaster, leader.PostmasterPid);
        Assert.Equal(timeline, (await _cluster.RowsAsync()).Max(row => row.Timeline));
    }

    [Fact]
    public async Task Stopped_agent_leaves_no_second_primary_and_loses_nothing()
    {
        await _cluster.UntilAllStreamAsync();
        var old = _cluster.Member((await _cluster.LeaderAsync())!);
        var agent = await _cluster.AgentPidAsync(old);
        var writer = await _cluster.BeginWritesAsync();
        using var writing = new CancellationTokenSource();
        var running = writer.RunAsync(writing.Token);
        await _cluster.UntilAsync("writes go on", () => writer.Acknowledged > 10);

        TestCluster.Signal(agent, Stop);
        var primariesMax = 0;
        await _cluster.UntilAsync("another member leads", async () =>
        {
            primariesMax = Math.Max(primariesMax, await CountPrimariesAsync());
            return await LeaderOfOthersAsync(old) is not null;
        });
        Assert.True(primariesMax <= 1, $"{primariesMax} members took writes at one time");
        Assert.Null(await TestCluster.TryAskAsync(old, "SELECT 1"));

        var before = writer.Acknowledged;
        await _cluster.UntilAsync("writes go on again", () => writer.Acknowledged > before + 10);
        TestCluster.Signal(agent, Continue);
        await _cluster.UntilAllStreamAsync();
        await writing.CancelAsync();
        await running;
        Assert.Empty(await writer.FindLostAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Terminated_leader_gives_its_last_commit_away_and_comes_back_without_a_rewind()
    {
        await _cluster.UntilAllStreamAsync();
        var old = _cluster.Member((await _cluster.LeaderAsync())!);
        var agent = await _cluster.AgentPidAsync(old);
        var writer = await _cluster.BeginWritesAsync();
        using var writing = new CancellationTokenSource();
        var running = writer.RunAsync(writing.Token);
        await _cluster.UntilAsync("writes go on", () => writer.Acknowledged > 10);
        var told = File.ReadLines(old.Log).Count();

        TestCluster.Signal(agent, Terminate);
        await _cluster.UntilAsync("the agent ends", () => TestCluster.Agents(old).Count == 0);
        Assert.Null(old.PostmasterPid);
        await _cluster.UntilAsync("another member leads", async () => await LeaderOfOthersAsync(old) is not null);
        var before = writer.Acknowledged;
        await _cluster.UntilAsync("writes go on again", () => writer.Acknowledged > before + 10);
        _cluster.StartAgent(old);
        await _cluster.UntilAllStreamAsync();
        await writing.CancelAsync();
        await running;

        Assert.Empty(await writer.FindLostAsync(CancellationToken.None));
        Assert.DoesNotContain(
            File.ReadLines(old.Log).Skip(told), line => line.Contains("rewind done", StringComparison.OrdinalIgnoreCase));
        Assert.Empty(old.SetAside);
    }

    [Fact]
    public async Task Restarted_store_changes_no_leader()
    {
        await _cluster.UntilAllStreamAsync();
        var (leader, timeline) = (await _cluster.LeaderAsync(), (await _cluster.RowsAsync()).Max(row => row.Timeline));

        await _cluster.Store.KillAsync(0);
        await _cluster.Store.RestartAsync(0);

        await _cluster.UntilAllStreamAsync();
        Assert.Equal(leader, await _cluster.LeaderAsync());
        Assert.Equal(timeline, (await _cluster.RowsAsync()).Max(row => row.Timeline));
    }

    [Fact]
    public async Task Killed_postmaster_of_the_leader_is_back_in_place()
    {
        await _cluster.UntilAllStreamAsync();
        var leader = _cluster.Member((await _cluster.LeaderAsync())!);
        var postmaster = leader.PostmasterPid!.Value;

        TestCluster.Signal(postmaster, Kill);

        await _cluster.UntilAsync("another postmaster serves", async () =>
            leader.PostmasterPid is { } next && next != postmaster
            && await TestCluster.TryAskAsync(leader, "SELECT pg_is_in_recovery()") == "False");
        await _cluster.UntilAllStreamAsync();
        Assert.Equal(leader.Name, await _cluster.LeaderAsync());
    }

    private async Task<string?> LeaderOfOthersAsync(TestMember old) =>
        await _cluster.LeaderAsync() is { } leader && leader != old.Name ? leader : null;

    /// <summary>Members that are out of recovery, asked one after the other without their agents.</summary>
    private async Task<int> CountPrimariesAsync()
    {
        var answers = await Task.WhenAll(_cluster.Members
            .Select(member => TestCluster.TryAskAsync(member, "SELECT pg_is_in_recovery()")));
        return answers.Count(answer => answer == "False");
    }
}
