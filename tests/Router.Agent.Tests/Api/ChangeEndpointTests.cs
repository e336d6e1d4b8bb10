using Router.Agent.Api;
using Router.Dcs;

namespace Router.Agent.Tests.Api;

/// <summary>The endpoints that change something, but switchover and failover (rest-api.md 7).</summary>
public sealed class ChangeEndpointTests
{
    [Fact]
    public async Task Patch_merges_and_null_deletes()
    {
        await using var world = await ApiWorld.StartAsync();
        world.HasCluster();

        var answer = await world.SendAsync("PATCH", "/config", """{"ttl":20,"loop_wait":null,"postgresql":{"use_slots":false}}""");

        Assert.Equal((200, """{"ttl": 20, "retry_timeout": 10, "postgresql": {"use_slots": false}}"""), answer);
        Assert.Equal("""{"ttl":20,"retry_timeout":10,"postgresql":{"use_slots":false}}""", await world.StoredAsync(DcsKey.Config));
        Assert.Equal(1, world.Operations.Wakes);
    }

    [Fact]
    public async Task Patch_that_changes_nothing_writes_nothing()
    {
        await using var world = await ApiWorld.StartAsync();
        world.HasCluster();
        var before = world.Store.Revision;

        Assert.Equal(200, (await world.SendAsync("PATCH", "/config", """{"ttl":30}""")).Status);

        Assert.Equal(before, world.Store.Revision);
    }

    [Fact]
    public async Task Config_can_be_read_and_put_whole()
    {
        await using var world = await ApiWorld.StartAsync();
        world.HasCluster();
        Assert.Equal((200, """{"ttl": 30, "loop_wait": 10, "retry_timeout": 10}"""), await FreshConfigAsync(world));

        Assert.Equal(
            (200, """{"ttl": 60, "x": "a+'b", "y": null}"""),
            await world.SendAsync("PUT", "/config", """{"ttl": 60, "x": "a+'b", "y": null}"""));

        Assert.Equal("""{"ttl":60,"x":"a+'b","y":null}""", await world.StoredAsync(DcsKey.Config));
    }

    [Theory]
    [InlineData("PATCH", "/config", "{}", 400)]
    [InlineData("PATCH", "/config", "[1]", 400)]
    [InlineData("PATCH", "/config", "{", 400)]
    [InlineData("PATCH", "/config", null, 400)]
    [InlineData("POST", "/switchover", "{}", 400)]
    [InlineData("POST", "/config", "{}", 501)]
    [InlineData("POST", "/bogus", "{}", 501)]
    [InlineData("DELETE", "/config", null, 501)]
    [InlineData("PUT", "/primary", "{}", 501)]
    [InlineData("POST", "/failsafe", """{"name":"node2"}""", 502)]
    [InlineData("POST", "/sigterm", null, 202)]
    public async Task Odd_requests_hear_Patronis_codes(string method, string path, string? body, int status)
    {
        await using var world = await ApiWorld.StartAsync();
        world.HasCluster();

        Assert.Equal(status, (await world.SendAsync(method, path, body)).Status);
    }

    [Fact]
    public async Task Body_without_a_length_is_refused()
    {
        await using var world = await ApiWorld.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Patch, new Uri(world.Api.Address, "/config"));
        request.Content = new StringContent("{}");
        request.Headers.TransferEncodingChunked = true;

        using var answer = await world.Http.SendAsync(request);

        Assert.Equal(411, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("{}", 200, "restarted successfully")]
    [InlineData(null, 200, "restarted successfully")]
    [InlineData("""{"role":"primary","restart_pending":true,"timeout":"30s","postgres_version":"15.4"}""", 200, "restarted successfully")]
    [InlineData("""{"role":"nobody"}""", 400, "PostgreSQL role should be either primary, standby_leader, or replica")]
    [InlineData("""{"timeout":"-1"}""", 400, "Timeout should be a positive number of seconds")]
    [InlineData("""{"postgres_version":"fifteen"}""", 400, "Invalid PostgreSQL version format: fifteen; use as in 9.6.24 or 15.4")]
    [InlineData("""{"color":"red"}""", 400, "Unknown filter for the scheduled restart: color")]
    [InlineData("""{"schedule":"2030-01-01T00:00:00+02:00"}""", 202, "Restart scheduled")]
    [InlineData("""{"schedule":"2030-01-01T00:00:00"}""", 400, "Timezone information is mandatory for the scheduled restart")]
    [InlineData("""{"schedule":"2020-01-01T00:00:00Z"}""", 422, "Cannot schedule restart in the past")]
    [InlineData("""{"schedule":"soon"}""", 422,
        "Unable to parse scheduled timestamp. It should be in an unambiguous format, e.g. ISO 8601")]
    public async Task Restart_checks_its_filters(string? body, int status, string text)
    {
        await using var world = await ApiWorld.StartAsync();

        Assert.Equal((status, text), await world.SendAsync("POST", "/restart", body));
    }

    [Fact]
    public async Task Restart_filter_reaches_the_cycle()
    {
        await using var world = await ApiWorld.StartAsync();
        world.Operations.RestartAnswer = new OperationAnswer(false, "restart conditions are not satisfied");

        var answer = await world.SendAsync(
            "POST", "/restart", """{"role":"master","restart_pending":true,"timeout":"1min","postgres_version":"15.4"}""");

        Assert.Equal((503, "restart conditions are not satisfied"), answer);
        Assert.Equal(new RestartFilter("primary", "15.4", true, TimeSpan.FromMinutes(1)), world.Operations.RestartedWith);
    }

    [Fact]
    public async Task Second_scheduled_restart_is_refused_until_the_first_is_deleted()
    {
        await using var world = await ApiWorld.StartAsync();
        const string body = """{"schedule":"2030-01-01T00:00:00Z"}""";
        Assert.Equal(202, (await world.SendAsync("POST", "/restart", body)).Status);

        Assert.Equal((409, "Another restart is already scheduled"), await world.SendAsync("POST", "/restart", body));
        Assert.Equal((200, "scheduled restart deleted"), await world.SendAsync("DELETE", "/restart"));
        Assert.Equal((404, "no restarts are scheduled"), await world.SendAsync("DELETE", "/restart"));
    }

    [Fact]
    public async Task Reinitialize_is_for_replicas_of_a_leader()
    {
        await using var world = await ApiWorld.StartAsync();
        world.Shows(world.Snapshots.Primary(), holdsLease: true);
        Assert.Equal((503, "I am the leader, can not reinitialize"), await world.SendAsync("POST", "/reinitialize"));

        world.Shows(world.Snapshots.Replica() with { View = null });
        Assert.Equal((503, "Cluster has no leader, can not reinitialize"), await world.SendAsync("POST", "/reinitialize"));

        world.Shows(world.Snapshots.Replica());
        Assert.Equal(
            (200, "reinitialize started"), await world.SendAsync("POST", "/reinitialize", """{"force":true,"from_leader":"yes"}"""));
        Assert.Equal((true, true), world.Operations.Reinitialized);
    }

    [Fact]
    public async Task Reload_is_handed_on()
    {
        await using var world = await ApiWorld.StartAsync();

        Assert.Equal((202, "reload scheduled"), await world.SendAsync("POST", "/reload"));

        Assert.Equal(1, world.Operations.Reloads);
    }

    [Fact]
    public async Task Failsafe_call_is_accepted_unless_a_primary_runs_here()
    {
        await using var world = await ApiWorld.StartAsync();
        var replica = world.Snapshots.Replica();
        world.Shows(replica with { Settings = replica.Settings with { FailsafeMode = true } });

        Assert.Equal((200, "Accepted"), await world.SendAsync("POST", "/failsafe", """{"name":"node2","api_url":"http://x/"}"""));
        Assert.Equal(new FailsafeCall(new("node2"), null, "http://x/"), world.Operations.Failsafe);

        world.Operations.AcceptsFailsafe = false;
        Assert.Equal((500, "Running as a leader"), await world.SendAsync("POST", "/failsafe", """{"name":"node2"}"""));
    }

    private static Task<(int Status, string Body)> FreshConfigAsync(ApiWorld world)
    {
        world.Shows(world.Snapshots.Primary() with { View = null });
        return world.SendAsync("GET", "/config");
    }
}
