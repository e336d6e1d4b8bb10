using Microsoft.Extensions.Logging.Abstractions;
using Router.Agent.Execution;
using Router.Agent.Guarding;
using Router.Agent.Tests.Operations;
using Router.Cluster;
using Router.Cluster.Ha;
using Router.Dcs;
using Router.Dcs.InMemory;
using Router.Testing;
using Router.Testing.Api;
using static Router.Testing.ClusterViews;

namespace Router.Agent.Tests.Execution;

/// <summary>What becomes of an agent that leads and whose policy decides what no rule allows.</summary>
public sealed class ImpossibleDecisionTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(30);

    private readonly ManualBootClock _clock = new();
    private readonly InMemoryDcs _dcs = new(new InMemoryStore(new ManualTime()));
    private readonly KeptMemory _memory = new();
    private readonly StubInstance _instance = new() { Facts = LocalStates.Primary(A).Postgres };

    [Fact]
    public async Task Nothing_of_it_is_done_and_the_agent_ends_as_failed_with_its_lock_left_to_run_out()
    {
        var held = await LeadAsync();
        var server = Server(Decision.Because("I promote without anything", mayLead: true, new HaAction.Promote()));

        Assert.False(await server.RunAsync(CancellationToken.None, CancellationToken.None).WaitAsync(Bound));

        Assert.Contains("Promote before the guard is armed", server.Cycle.ExitReason, StringComparison.Ordinal);
        Assert.True(server.Cycle.HasFailed);
        Assert.Equal(["configure", "fence"], _instance.Done);
        Assert.Equal(held, await LeaderAsync());
    }

    /// <summary>An end that the policy wants is none of these: nothing is fenced, and nobody has to start it again.</summary>
    [Fact]
    public async Task Decision_to_end_is_no_failure()
    {
        var held = await LeadAsync();
        var server = Server(Decision.Because("I end", mayLead: false, new HaAction.Exit("nothing to do here")));

        Assert.False(await server.RunAsync(CancellationToken.None, CancellationToken.None).WaitAsync(Bound));

        Assert.Equal("nothing to do here", server.Cycle.ExitReason);
        Assert.False(server.Cycle.HasFailed);
        Assert.Equal(["configure"], _instance.Done);
        Assert.Equal(held, await LeaderAsync());
    }

    /// <summary>The lock is held as by an agent before, whose claim the one to come takes over.</summary>
    private async Task<LeaderLock?> LeadAsync()
    {
        var former = new Leadership(A, _dcs, new NoGuard(), _clock, _memory);
        var seen = Assert.IsType<DcsRead.Seen>(await _dcs.ReadAsync(CancellationToken.None)).View;
        Assert.True((await former.AcquireAsync(
            seen, new Timeline(3), isOpened: true, Ttl, CancellationToken.None)).IsSuccess);
        return await LeaderAsync();
    }

    private AgentServer Server(Decision decision) => new(
        new AgentPorts(_dcs, _instance, new NoGuard(), new FakeMemberProbe(), _clock, TimeProvider.System),
        new AgentOptions { Name = A, Scope = "demo", ConnUrl = "postgres://a:5432/postgres", ApiUrl = "http://a:8008/patroni" },
        _memory,
        () => { },
        NullLoggerFactory.Instance,
        (_, _, _) => decision);

    private async Task<LeaderLock?> LeaderAsync() =>
        Assert.IsType<DcsRead.Seen>(await _dcs.ReadAsync(CancellationToken.None)).View.Leader.Value;
}
