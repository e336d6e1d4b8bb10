using Router.Cluster.Ha;

namespace Router.Cluster.Tests.Ha;

/// <summary>Random facts; a failure names its seed.</summary>
public sealed class HaPolicyPropertyTests
{
    private const int Cases = 60_000;

    [Fact]
    public void Any_facts_give_one_decision_that_is_safe_after_each_of_its_actions()
    {
        for (var seed = 0; seed < Cases; seed++)
        {
            var facts = new RandomFacts(new Random(seed));
            var view = facts.View();
            var local = facts.Local();
            var settings = facts.Settings();

            var decision = HaPolicy.Decide(view, local, settings);

            var broken = HaInvariants.Violations(view, local, settings, decision);
            Assert.True(
                broken.Count == 0, $"seed {seed}: {string.Join("; ", broken)}\n{DecisionText.Of(decision)}\n{local}\n{view}");
            Assert.Equal(DecisionText.Of(decision), DecisionText.Of(HaPolicy.Decide(view, local, settings)));
        }
    }

    [Fact]
    public void Asked_peers_are_never_asked_again()
    {
        for (var seed = 0; seed < Cases / 10; seed++)
        {
            var facts = new RandomFacts(new Random(seed));
            var view = facts.View();
            var local = facts.Local();

            var decision = HaPolicy.Decide(view, local with { Peers = local.Peers ?? [] }, facts.Settings());

            Assert.False(decision.NeedsPeers, $"seed {seed}: {DecisionText.Of(decision)}");
        }
    }
}
