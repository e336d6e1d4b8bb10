using Router.Cluster;
using Router.Cluster.Local;
using Router.Dcs;
using Router.Testing;
using Router.Testing.Api;

namespace Router.Agent.Tests.Api;

/// <summary>POST /switchover and /failover against a store in memory (rest-api.md 7, S8).</summary>
public sealed class SwitchoverEndpointTests
{
    private const string ToNode2 = """{"leader":"node1","candidate":"node2"}""";

    [Theory]
    [InlineData("/failover", """{"leader":"node1"}""", 400, "Failover could be performed only to a specific candidate")]
    [InlineData("/switchover", """{"candidate":"node2"}""", 400, "Switchover could be performed only from a specific leader")]
    [InlineData("/failover", """{"candidate":"node2","scheduled_at":"2030-01-01T00:00Z"}""", 400, "Failover can't be scheduled")]
    [InlineData("/switchover", """{"leader":"node1","scheduled_at":"2030-01-01T00:00"}""", 400,
        "Timezone information is mandatory for the scheduled switchover")]
    [InlineData("/switchover", """{"leader":"node1","scheduled_at":"2020-01-01T00:00Z"}""", 422,
        "Cannot schedule switchover in the past")]
    [InlineData("/switchover", """{"leader":"node1","candidate":"node1"}""", 400, "Switchover target and source are the same")]
    [InlineData("/switchover", """{"leader":"node9","candidate":"node2"}""", 412, "leader name does not match")]
    [InlineData("/switchover", """{"leader":"node1","candidate":"node9"}""", 412, "candidate does not exists")]
    [InlineData("/failover", """{"candidate":"node9"}""", 412, "candidate does not exists")]
    [InlineData("/switchover", ToNode2, 412,
        "switchover is not possible: no good candidates have been found (node2 is not reachable)")]
    public async Task Refusals_come_in_Patronis_words(string path, string body, int status, string text)
    {
        await using var world = await ApiWorld.StartAsync();
        world.HasCluster();

        Assert.Equal((status, text), await world.SendAsync("POST", path, body));
        Assert.True((await world.ViewAsync()).Failover.IsAbsent);
    }

    [Theory]
    [InlineData("""{"pause":true}""", """{"leader":"node1"}""", 400,
        "Switchover is possible only to a specific candidate in a paused state")]
    [InlineData("""{"pause":true}""", """{"leader":"node1","scheduled_at":"2030-01-01T00:00Z"}""", 400,
        "Can't schedule switchover in the paused state")]
    [InlineData("""{"synchronous_mode":true}""", ToNode2, 412, "candidate name does not match with sync_standby")]
    [InlineData("""{"synchronous_mode":true}""", """{"leader":"node1"}""", 412,
        "switchover is not possible: can not find sync_standby")]
    public async Task Modes_narrow_what_is_possible(string config, string body, int status, string text)
    {
        await using var world = await ApiWorld.StartAsync();
        world.HasCluster(config);

        Assert.Equal((status, text), await world.SendAsync("POST", "/switchover", body));
    }

    [Fact]
    public async Task Candidate_beyond_maximum_lag_is_refused_before_anything_stops()
    {
        await using var world = await ApiWorld.StartAsync();
        world.HasCluster();
        world.Probe.Reports = [Report(position: 60_000_000)];

        var (status, text) = await world.SendAsync("POST", "/switchover", ToNode2);

        Assert.Equal(412, status);
        Assert.EndsWith("(node2 is 7381760 bytes behind, more than maximum_lag_on_failover 1048576)", text);
        Assert.True((await world.ViewAsync()).Failover.IsAbsent);
    }

    [Theory]
    [InlineData("node2", "Successfully switched over to \"node2\"")]
    [InlineData("node3", "Switched over to \"node3\" instead of \"node2\"")]
    public async Task Switchover_is_told_when_the_store_shows_another_leader(string winner, string text)
    {
        await using var world = await ApiWorld.StartAsync();
        world.HasCluster();
        world.Probe.Reports = [Report()];

        var answer = world.SendAsync("POST", "/switchover", ToNode2);
        await WaitForPollAsync(world);
        Assert.Equal(
            new FailoverRequest(new MemberName("node1"), new MemberName("node2"), null), (await world.ViewAsync()).Failover.Value);
        _ = world.Store.Overwrite(DcsKey.Leader, winner);
        world.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((200, text), await answer);
        Assert.Equal(1, world.Operations.Wakes);
    }

    [Fact]
    public async Task Manual_failover_says_failed_over()
    {
        await using var world = await ApiWorld.StartAsync();
        world.HasCluster();
        world.Probe.Reports = [Report(position: 1)];

        var answer = world.SendAsync("POST", "/failover", """{"candidate":"node2"}""");
        await WaitForPollAsync(world);
        _ = world.Store.Overwrite(DcsKey.Leader, "node2");
        world.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((200, "Successfully failed over to \"node2\""), await answer);
    }

    [Fact]
    public async Task Hand_over_that_was_given_up_tells_its_reason()
    {
        await using var world = await ApiWorld.StartAsync();
        world.HasCluster();
        world.Probe.Reports = [Report()];

        var answer = world.SendAsync("POST", "/switchover", ToNode2);
        await WaitForPollAsync(world);
        var primary = world.Snapshots.Primary();
        world.Shows(primary with
        {
            Local = primary.Local with
            {
                LastOperation = new OperationEnd(
                    OperationKind.HandOver, IsSuccess: false, "node2 did not receive 0/4042A00 within 10 s", world.Clock.Now),
            },
        });
        _ = world.Store.Overwrite(DcsKey.Failover, "{}");
        world.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((503, "Switchover failed: node2 did not receive 0/4042A00 within 10 s"), await answer);
    }

    [Fact]
    public async Task Switchover_that_goes_on_for_too_long_is_unknown()
    {
        await using var world = await ApiWorld.StartAsync();
        world.HasCluster();
        world.Probe.Reports = [Report()];

        var answer = world.SendAsync("POST", "/switchover", ToNode2);
        for (var second = 0; second < 20; second++)
        {
            await WaitForPollAsync(world);
            world.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(
            (503, "Switchover status unknown after 20 seconds; operation may still be in progress"), await answer);
    }

    [Fact]
    public async Task Scheduled_switchover_is_written_and_can_be_deleted()
    {
        await using var world = await ApiWorld.StartAsync();
        world.HasCluster();
        const string body = """{"leader":"node1","candidate":"node2","scheduled_at":"2030-01-01T00:00:00+00:00"}""";

        Assert.Equal((202, "Switchover scheduled"), await world.SendAsync("POST", "/switchover", body));
        Assert.Equal(
            new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero), (await world.ViewAsync()).Failover.Value?.ScheduledAt);

        Assert.Equal((200, "scheduled switchover deleted"), await world.SendAsync("DELETE", "/switchover"));
        Assert.True((await world.ViewAsync()).Failover.Value?.IsEmpty);
        Assert.Equal((404, "no switchover is scheduled"), await world.SendAsync("DELETE", "/switchover"));
    }

    [Fact]
    public async Task Lost_reply_of_the_store_is_read_again()
    {
        await using var world = await ApiWorld.StartAsync();
        world.HasCluster();
        var requests = new Router.Agent.Api.ClusterRequests(
            new LosesCommits(world.Dcs), world.Operations.Wake);
        var request = new FailoverRequest(new MemberName("node1"), new MemberName("node2"), null);

        var outcome = await requests.WriteFailoverAsync(request, Revision.Absent, CancellationToken.None);

        Assert.Equal(WriteOutcome.Ok, outcome);
        Assert.Equal(1, world.Operations.Wakes);
    }

    private static PeerReport Report(long position = 67_381_760) => new(
        AgentSnapshots.Other, IsRunning: true, IsInRecovery: true, new Lsn(position), new Timeline(2), MemberTags.None, false);

    /// <summary>Until the endpoint waits for its next look into the store.</summary>
    private static Task WaitForPollAsync(ApiWorld world) =>
        Eventually.TrueAsync(() => world.Time.PendingTimers > 0, "the endpoint polls");
}
