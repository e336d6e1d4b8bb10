using Microsoft.Extensions.Logging.Abstractions;
using Router.Agent.Execution;
using Router.Agent.Observation;
using Router.Cluster;
using Router.Cluster.Ha;
using Router.Cluster.Local;
using Router.Testing;
using static Router.Testing.ClusterViews;

namespace Router.Agent.Tests.Execution;

/// <summary>A decision that no rule allows is a bug, and the cluster is kept safe from it.</summary>
public sealed class DecisionCheckTests
{
    private static readonly Decision Promotes =
        Decision.Because("I promote without anything", mayLead: true, new HaAction.Promote());

    [Fact]
    public async Task Impossible_decision_of_a_primary_fences_it_and_says_what_is_wrong()
    {
        var local = LocalStates.Primary(A).Leading();
        var instance = new RecordedInstance(local.Postgres);

        var bug = await RefuseAsync(instance, Promotes, LedBy(A), local, HaSettings.Default);

        Assert.Contains("Promote before the guard is armed", bug, StringComparison.Ordinal);
        Assert.Equal(1, instance.Fences);
    }

    [Fact]
    public async Task Primary_that_is_left_running_without_a_claim_is_fenced()
    {
        var local = LocalStates.Primary(A).Lapsed();
        var instance = new RecordedInstance(local.Postgres);

        var bug = await RefuseAsync(
            instance, Decision.Because("nothing to do", mayLead: false), Unlocked(), local, HaSettings.Default);

        Assert.Contains("a primary without a safe lease goes on", bug, StringComparison.Ordinal);
        Assert.Equal(1, instance.Fences);
    }

    [Fact]
    public async Task Impossible_decision_of_a_standby_leaves_it_running()
    {
        var local = LocalStates.Standby(B);
        var instance = new RecordedInstance(local.Postgres);

        Assert.NotNull(await RefuseAsync(instance, Promotes, Unlocked(), local, HaSettings.Default));
        Assert.Equal(0, instance.Fences);
    }

    [Fact]
    public async Task Impossible_decision_in_a_pause_stops_nothing()
    {
        var local = LocalStates.Primary(A).Leading();
        var instance = new RecordedInstance(local.Postgres);

        Assert.NotNull(await RefuseAsync(
            instance, Promotes, LedBy(A), local, HaSettings.Default with { Pause = true }));
        Assert.Equal(0, instance.Fences);
    }

    [Fact]
    public async Task Possible_decision_passes()
    {
        var local = LocalStates.Primary(A).Leading();
        var instance = new RecordedInstance(local.Postgres);
        var decision = HaPolicy.Decide(LedBy(A), local, HaSettings.Default);

        Assert.Null(await RefuseAsync(instance, decision, LedBy(A), local, HaSettings.Default));
        Assert.Equal(0, instance.Fences);
    }

    private static Task<string?> RefuseAsync(
        RecordedInstance instance, Decision decision, ClusterView view, LocalState local, HaSettings settings)
    {
        var operation = new LongOperation(new ManualBootClock(), _ => { }, NullLogger<LongOperation>.Instance);
        var check = new DecisionCheck(instance, operation, NullLogger<DecisionCheck>.Instance);
        return check.RefuseAsync(
            decision, new Observed(view, LocalStates.Now, local, Outage: null), settings, CancellationToken.None);
    }
}
