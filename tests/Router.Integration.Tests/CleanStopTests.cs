using System.Globalization;

namespace Router.Integration.Tests;

/// <summary>
/// A leader that is stopped cleanly in asynchronous mode, while its standbys lag behind what was acknowledged: only the
/// order of the stop keeps those commits.
/// </summary>
[Trait("Category", "Integration")]
public sealed class CleanStopTests : IClassFixture<AsynchronousFixture>
{
    private const int Interrupt = 2;
    private const int Terminate = 15;
    private const int Stop = 19;
    private const int Continue = 18;

    private readonly TestCluster _cluster;

    public CleanStopTests(AsynchronousFixture fixture)
    {
        _cluster = fixture.Cluster;
    }

    [Fact]
    public async Task Agent_that_is_terminated_waits_for_its_standbys_before_another_leads()
    {
        await _cluster.UntilAllStreamAsync();
        var old = _cluster.Member((await _cluster.LeaderAsync())!);
        var agent = await _cluster.AgentPidAsync(old);

        await LosesNothingAsync(old, agent, Terminate, async () =>
        {
            await _cluster.UntilAsync("the agent ends", () => TestCluster.Agents(old).Count == 0);
            Assert.Null(old.PostmasterPid);
            await _cluster.UntilAsync(
                "another member leads", async () => await _cluster.LeaderAsync() is { } next && next != old.Name);
        });

        _cluster.StartAgent(old);
        await _cluster.UntilAllStreamAsync();
        Assert.Empty(old.SetAside);
    }

    [Fact]
    public async Task PostgreSQL_that_is_stopped_fast_behind_the_agents_back_loses_nothing()
    {
        await _cluster.UntilAllStreamAsync();
        var old = _cluster.Member((await _cluster.LeaderAsync())!);
        var postmaster = old.PostmasterPid!.Value;

        await LosesNothingAsync(old, postmaster, Interrupt, () => _cluster.UntilAsync(
            "it has ended, and a leader runs", async () =>
                old.PostmasterPid != postmaster && await _cluster.LeaderAsync() is not null));

        await _cluster.UntilAllStreamAsync();
        Assert.Empty(old.SetAside);
    }

    /// <summary>The standbys receive nothing from before the signal on until the stop has begun.</summary>
    private async Task LosesNothingAsync(TestMember old, int pid, int signal, Func<Task> happens)
    {
        var writer = await _cluster.BeginWritesAsync();
        using var writing = new CancellationTokenSource();
        var running = writer.RunAsync(writing.Token);
        await _cluster.UntilAsync("writes go on", () => writer.Acknowledged > 10);
        var receivers = await FindReceiversAsync(old);
        receivers.ForEach(receiver => TestCluster.Signal(receiver, Stop));
        var behind = writer.Acknowledged;
        await _cluster.UntilAsync("the standbys are behind", () => writer.Acknowledged > behind + 20);

        TestCluster.Signal(pid, signal);
        await _cluster.UntilAsync(
            "the stop has begun", async () => await TestCluster.TryAskAsync(old, "SELECT 1") is null);
        receivers.ForEach(receiver => TestCluster.Signal(receiver, Continue));
        await happens();

        var before = writer.Acknowledged;
        await _cluster.UntilAsync("writes go on again", () => writer.Acknowledged > before + 10);
        await writing.CancelAsync();
        await running;
        Assert.Empty(await writer.FindLostAsync(CancellationToken.None));
    }

    private async Task<List<int>> FindReceiversAsync(TestMember leader)
    {
        var found = new List<int>();
        foreach (var standby in _cluster.Members.Where(member => member != leader))
        {
            var pid = await TestCluster.TryAskAsync(standby, "SELECT pid FROM pg_stat_wal_receiver");
            found.Add(int.Parse(pid!, CultureInfo.InvariantCulture));
        }

        return found;
    }
}
