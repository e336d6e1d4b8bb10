using System.Collections.Immutable;
using Router.Agent.Api;
using Router.Cluster;
using Router.Cluster.Local;

namespace Router.Agent.Tests.Api;

/// <summary>The codes of rest-api.md 4, over HTTP.</summary>
public sealed class HealthEndpointTests
{
    private static readonly string[] Paths =
    [
        "/", "/primary", "/master", "/read-write", "/leader", "/standby-leader", "/replica", "/read-only", "/sync",
        "/synchronous", "/quorum", "/async", "/asynchronous", "/read-only-sync", "/read-only-quorum", "/health",
        "/liveness", "/readiness", "/patroni",
    ];

    [Theory]
    [InlineData("primary", "/ /primary /master /read-write /leader /read-only /read-only-sync /read-only-quorum /health")]
    [InlineData("replica", "/replica /read-only /async /asynchronous /health")]
    [InlineData("sync standby", "/replica /read-only /sync /synchronous /read-only-sync /health")]
    [InlineData("quorum standby", "/replica /read-only /quorum /read-only-quorum /health")]
    [InlineData("standby leader", "/leader /standby-leader /read-only /read-only-sync /read-only-quorum /health")]
    [InlineData("crashed with the lock",
        "/ /primary /master /read-write /leader /read-only /read-only-sync /read-only-quorum")]
    [InlineData("starting", "")]
    [InlineData("primary after its lease", "/health")]
    [InlineData("replica without the store", "/replica /read-only /health")]
    public async Task Each_state_answers_its_paths(string state, string healthy)
    {
        await using var world = await ApiWorld.StartAsync();
        Arrange(world, state);

        var answered = new List<string>();
        foreach (var path in Paths.Except(["/liveness", "/readiness", "/patroni"]))
        {
            var (status, body) = await world.SendAsync("GET", path);
            Assert.Contains(status, new[] { 200, 503 });
            Assert.StartsWith("{\"state\": ", body);
            if (status == 200)
            {
                answered.Add(path);
            }
        }

        Assert.Equal(healthy, string.Join(' ', answered));
    }

    [Theory]
    [InlineData("OPTIONS")]
    [InlineData("HEAD")]
    public async Task Head_and_options_answer_a_code_only_and_always_ask_for_health(string method)
    {
        await using var world = await ApiWorld.StartAsync();
        Arrange(world, "primary");

        var answered = new List<string>();
        foreach (var path in Paths)
        {
            var (status, body) = await world.SendAsync(method, path);
            Assert.Equal("", body);
            if (status == 200)
            {
                answered.Add(path);
            }
        }

        Assert.Equal(
            "/ /primary /master /read-write /leader /read-only /read-only-sync /read-only-quorum /health",
            string.Join(' ', answered));
    }

    [Fact]
    public async Task Primary_ends_with_the_lease_although_the_cycle_stands_still()
    {
        await using var world = await ApiWorld.StartAsync();
        Arrange(world, "primary");
        world.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(200, (await world.SendAsync("OPTIONS", "/primary")).Status);

        world.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(503, (await world.SendAsync("OPTIONS", "/primary")).Status);
    }

    [Fact]
    public async Task A_renewal_between_two_cycles_keeps_the_primary()
    {
        await using var world = await ApiWorld.StartAsync();
        Arrange(world, "primary");
        world.Clock.Advance(TimeSpan.FromSeconds(31));

        world.Status.Lease = new LeaseState.Held(3, IsEpochOpened: true, world.Clock.Now + TimeSpan.FromSeconds(20));

        Assert.Equal(200, (await world.SendAsync("OPTIONS", "/primary")).Status);
    }

    [Theory]
    [InlineData("primary", 39, 200)]
    [InlineData("primary", 40, 503)]
    [InlineData("replica", 69, 200)]
    [InlineData("replica", 70, 503)]
    public async Task Liveness_ends_when_the_cycle_stands_still(string state, int seconds, int status)
    {
        await using var world = await ApiWorld.StartAsync();
        Arrange(world, state);

        world.Clock.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Equal((status, ""), await world.SendAsync("GET", "/liveness"));
    }

    [Fact]
    public async Task Liveness_goes_on_in_a_pause()
    {
        await using var world = await ApiWorld.StartAsync();
        world.Shows(Paused(world.Snapshots.Primary()));

        world.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(200, (await world.SendAsync("GET", "/liveness")).Status);
    }

    [Theory]
    [InlineData("/replica?lag=1759", 503)]
    [InlineData("/replica?lag=1760", 200)]
    [InlineData("/replica?lag=1kB", 503)]
    [InlineData("/replica?lag=2kB", 200)]
    [InlineData("/replica?lag=16MB", 200)]
    [InlineData("/replica?lag=nonsense", 200)]
    [InlineData("/replica?lag=", 200)]
    [InlineData("/replica?replication_state=streaming", 200)]
    [InlineData("/replica?replication_state=in%20archive%20recovery", 503)]
    [InlineData("/replica?replication_state=in+archive+recovery", 503)]
    [InlineData("/replica?tag_zone=z1", 200)]
    [InlineData("/replica?tag_zone=z2", 503)]
    [InlineData("/replica?tag_clonefrom=true", 200)]
    [InlineData("/replica?tag_clonefrom=True", 503)]
    [InlineData("/replica?tag_weight=7", 200)]
    [InlineData("/replica?tag_missing=1", 503)]
    [InlineData("/health?tag_zone=z2", 503)]
    [InlineData("/foo-replica-x", 200)]
    [InlineData("/foo", 503)]
    [InlineData("/syncx", 503)]
    [InlineData("/readiness", 200)]
    [InlineData("/readiness?lag=100", 503)]
    [InlineData("/readiness?lag=100&mode=write", 200)]
    public async Task Query_narrows_the_choice_of_a_replica(string path, int status)
    {
        await using var world = await ApiWorld.StartAsync();
        Arrange(world, "tagged replica");

        Assert.Equal(status, (await world.SendAsync("GET", path)).Status);
    }

    [Theory]
    [InlineData("/primary?tag_zone=elsewhere", 200)]
    [InlineData("/foo-primary-x", 200)]
    [InlineData("/readiness", 200)]
    public async Task Tags_do_not_narrow_the_primary(string path, int status)
    {
        await using var world = await ApiWorld.StartAsync();
        Arrange(world, "primary");

        Assert.Equal(status, (await world.SendAsync("GET", path)).Status);
    }

    [Fact]
    public async Task No_load_balance_hides_a_replica()
    {
        await using var world = await ApiWorld.StartAsync();
        var replica = world.Snapshots.Replica();
        world.Shows(replica with { Local = replica.Local with { Tags = new MemberTags { NoLoadBalance = true } } });

        Assert.Equal(503, (await world.SendAsync("GET", "/replica")).Status);
        Assert.Equal(200, (await world.SendAsync("GET", "/health")).Status);
    }

    [Fact]
    public async Task Pause_without_the_store_answers_by_the_local_role()
    {
        await using var world = await ApiWorld.StartAsync();
        world.Shows(Paused(world.Snapshots.Primary()));
        Assert.Equal(503, (await world.SendAsync("GET", "/primary")).Status);

        world.Clock.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal(200, (await world.SendAsync("GET", "/primary")).Status);
        Assert.Equal(200, (await world.SendAsync("GET", "/leader")).Status);
    }

    [Fact]
    public async Task Readiness_needs_a_view_or_failsafe()
    {
        await using var world = await ApiWorld.StartAsync();
        Arrange(world, "replica without the store");
        Assert.Equal(503, (await world.SendAsync("GET", "/readiness")).Status);

        world.Status.Current = world.Status.Current with { FailsafeUntil = world.Clock.Now + TimeSpan.FromSeconds(5) };

        Assert.Equal(200, (await world.SendAsync("GET", "/readiness")).Status);
    }

    private static AgentSnapshot Paused(AgentSnapshot snapshot) =>
        snapshot with { Settings = snapshot.Settings with { Pause = true } };

    private static void Arrange(ApiWorld world, string state)
    {
        var snapshots = world.Snapshots;
        var replica = snapshots.Replica();
        _ = state switch
        {
            "primary" => world.Shows(snapshots.Primary(), holdsLease: true),
            "replica" => world.Shows(replica),
            "sync standby" => world.Shows(snapshots.SyncStandby()),
            "quorum standby" => world.Shows(snapshots.SyncStandby(SynchronousMode.Quorum)),
            "standby leader" => world.Shows(snapshots.StandbyLeader(), holdsLease: true),
            "crashed with the lock" => world.Shows(snapshots.Crashed(), holdsLease: true),
            "starting" => world.Shows(snapshots.Starting()),
            "primary after its lease" => world.Shows(snapshots.Primary()),
            "replica without the store" => world.Shows(replica with { View = null }),
            "tagged replica" => world.Shows(replica with { Local = replica.Local with { Tags = Tags } }),
            _ => throw new ArgumentException($"No state {state}.", nameof(state)),
        };
    }

    private static MemberTags Tags => new()
    {
        Published = ImmutableSortedDictionary<string, string>.Empty
            .Add("zone", "\"z1\"").Add("clonefrom", "true").Add("weight", "7"),
    };
}
