using System.Globalization;
using Router.Cluster;
using Router.Dcs;
using Router.Dcs.InMemory;

namespace Router.Agent.Tests.Api;

/// <summary>/cluster, /history, /failsafe and /metrics (rest-api.md 6 and 8).</summary>
public sealed class ReadEndpointTests
{
    [Fact]
    public async Task Cluster_shows_members_with_positions_against_the_leader()
    {
        await using var world = await ApiWorld.StartAsync();
        world.HasCluster("""{"pause":true}""");
        _ = world.Store.Overwrite(DcsKey.Failover, """{"leader":"node1","member":"node2","scheduled_at":"2030-01-01T00:00:00+00:00"}""");
        _ = world.Store.Overwrite(
            DcsKey.Member(new MemberName("node3")),
            """{"conn_url":"postgres://db3:5432/postgres","api_url":"http://db3:8008/patroni","state":"running","role":"replica","version":"4.1.4","timeline":2,"xlog_location":67381700,"receive_lsn":67381760,"replay_lsn":67381700,"replication_state":"streaming","tags":{"zone":"z3"},"pending_restart":true}""");

        var (status, body) = await world.SendAsync("GET", "/cluster");

        Assert.Equal(200, status);
        Assert.Equal(
            """
            {"members": [{"name": "node1", "role": "leader", "state": "running", "api_url": "http://127.0.0.1:28001/patroni", "host": "127.0.0.1", "port": 25001, "timeline": 2}, {"name": "node2", "role": "replica", "state": "running", "api_url": "http://127.0.0.1:28002/patroni", "host": "127.0.0.1", "port": 25002, "timeline": 2, "receive_lag": "unknown", "receive_lsn": "unknown", "replay_lag": "unknown", "replay_lsn": "unknown", "lag": 760, "lsn": "0/4042708"}, {"name": "node3", "role": "replica", "state": "streaming", "api_url": "http://db3:8008/patroni", "host": "db3", "port": 5432, "timeline": 2, "pending_restart": true, "tags": {"zone": "z3"}, "receive_lag": 0, "receive_lsn": "0/4042A00", "replay_lag": 60, "replay_lsn": "0/40429C4", "lag": 60, "lsn": "0/40429C4"}], "pause": true, "scheduled_switchover": {"at": "2030-01-01T00:00:00+00:00", "from": "node1", "to": "node2"}, "scope": "demo"}
            """,
            body);
    }

    [Fact]
    public async Task Cluster_needs_the_store_and_health_does_not()
    {
        await using var world = await ApiWorld.StartAsync();
        world.Shows(world.Snapshots.Primary(), holdsLease: true);
        world.Dcs.Faults = new InMemoryFaults { IsUnreachable = true };

        var cluster = world.SendAsync("GET", "/cluster");
        await Testing.Eventually.TrueAsync(() => world.Time.PendingTimers > 0, "the read waits for the store");
        Assert.Equal(200, (await world.SendAsync("GET", "/primary")).Status);
        world.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(503, (await cluster).Status);
    }

    [Theory]
    [InlineData(null, "[]")]
    [InlineData("""[[1,67382056,"no recovery target specified","2026-11-23T01:21:46+00:00","node1"],[2,67390000,"x"]]""",
        """[[1, 67382056, "no recovery target specified", "2026-11-23T01:21:46+00:00", "node1"], [2, 67390000, "x"]]""")]
    public async Task History_shows_its_rows(string? stored, string shown)
    {
        await using var world = await ApiWorld.StartAsync();
        world.HasCluster().Shows(world.Snapshots.Primary() with { View = null });
        if (stored is not null)
        {
            _ = world.Store.Overwrite(DcsKey.History, stored);
        }

        Assert.Equal((200, shown), await world.SendAsync("GET", "/history"));
    }

    [Fact]
    public async Task Failsafe_shows_the_key_or_502()
    {
        await using var world = await ApiWorld.StartAsync();
        world.HasCluster().Shows(world.Snapshots.Primary() with { View = null });
        Assert.Equal(502, (await world.SendAsync("GET", "/failsafe")).Status);

        _ = world.Store.Overwrite(DcsKey.Failsafe, """{"node1":"http://127.0.0.1:28001/patroni"}""");

        Assert.Equal((200, """{"node1": "http://127.0.0.1:28001/patroni"}"""), await world.SendAsync("GET", "/failsafe"));
    }

    [Fact]
    public async Task Config_that_is_missing_is_502()
    {
        await using var world = await ApiWorld.StartAsync();

        Assert.Equal(502, (await world.SendAsync("GET", "/config")).Status);
    }

    [Fact]
    public async Task Metrics_have_Patronis_names_types_and_labels()
    {
        await using var world = await ApiWorld.StartAsync();
        world.Shows(world.Snapshots.Replica());

        var lines = (await world.SendAsync("GET", "/metrics")).Body.Split('\n');

        Assert.Equal(26, lines.Count(line => line.StartsWith("# TYPE patroni_", StringComparison.Ordinal)));
        Assert.Contains("# TYPE patroni_xlog_replayed_location counter", lines);
        Assert.Equal("40104", Sample(lines, "patroni_version"));
        Assert.Equal("67380000", Sample(lines, "patroni_xlog_replayed_location"));
        Assert.Equal("0", Sample(lines, "patroni_xlog_location"));
        Assert.Equal("1", Sample(lines, "patroni_replica"));
        Assert.Equal("5", Sample(lines, "patroni_postgres_state"));
        Assert.Equal("2", Sample(lines, "patroni_postgres_timeline"));
        Assert.Equal("0", Sample(lines, "patroni_cluster_unlocked"));
        Assert.Equal("1795396836", Sample(lines, "patroni_dcs_last_seen"));
        Assert.Equal("0", Sample(lines, "router_agent_lease_remaining_seconds"));
    }

    [Fact]
    public async Task Counters_go_back_to_zero_with_the_role()
    {
        await using var world = await ApiWorld.StartAsync();
        world.Shows(world.Snapshots.Primary(), holdsLease: true);
        world.Clock.Advance(TimeSpan.FromSeconds(10));
        var asPrimary = (await world.SendAsync("GET", "/metrics")).Body.Split('\n');
        Assert.Equal("67381760", Sample(asPrimary, "patroni_xlog_location"));
        Assert.Equal("20", Sample(asPrimary, "router_agent_lease_remaining_seconds"));

        world.Shows(world.Snapshots.Replica());

        var asReplica = (await world.SendAsync("GET", "/metrics")).Body.Split('\n');
        Assert.Equal("0", Sample(asReplica, "patroni_xlog_location"));
    }

    private static string Sample(string[] lines, string name)
    {
        var prefix = string.Create(CultureInfo.InvariantCulture, $"{name}{{scope=\"demo\",name=\"node1\"}} ");
        return Assert.Single(lines, line => line.StartsWith(prefix, StringComparison.Ordinal))[prefix.Length..];
    }
}
