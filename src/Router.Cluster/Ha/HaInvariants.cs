using Router.Cluster.Local;

namespace Router.Cluster.Ha;

/// <summary>
/// What no decision may ever break, whatever the facts. Each rule is a statement about one action and the actions
/// before it, so that it holds for every prefix of a plan: the executor may stop after any of them.
/// </summary>
public static class HaInvariants
{
    /// <summary>One sentence for each broken rule; empty for a decision that is safe.</summary>
    public static IReadOnlyList<string> Violations(
        ClusterView? view, LocalState local, HaSettings settings, Decision decision)
    {
        var broken = new List<string>();
        var facts = new Situation(view ?? new ClusterView(), local, settings);
        var before = new PlanPrefix(facts);
        foreach (var action in decision.Actions)
        {
            broken.AddRange(ActionRules.Broken(facts, before, action));
            if (view is null && action is not HaAction.Demote)
            {
                broken.Add($"{action.GetType().Name} without an answer from the store");
            }

            before = before.With(action);
        }

        broken.AddRange(WholeDecision(facts, view, decision));
        return broken;
    }

    private static IEnumerable<string> WholeDecision(Situation facts, ClusterView? view, Decision decision)
    {
        var stops = decision.Actions.Any(action => action is HaAction.Demote);
        if (decision.MayLead && (stops || decision.Actions.Any(action => action is HaAction.ReleaseLeaderLock)))
        {
            yield return "the renewal keeps its licence in a decision that gives leadership up";
        }

        if (!stops && IsPastItsTime(facts, view))
        {
            yield return "a primary whose lease ends goes on without the store";
        }

        if (decision.Sentence.Length == 0 || decision.Sentence.EndsWith('.'))
        {
            yield return "the sentence is no log line";
        }

        if (!facts.Settings.Pause && !stops && IsPrimaryWithoutClaim(facts)
            && !decision.Actions.Any(action => action is HaAction.Exit))
        {
            yield return "a primary without a safe lease goes on";
        }
    }

    /// <summary>The store is silent and an orderly stop has to begin now, so that it ends before the guard's.</summary>
    private static bool IsPastItsTime(Situation facts, ClusterView? view) =>
        view is null && !facts.Settings.Pause && facts.Postgres.IsPrimary
        && facts.Local.Operation?.Kind is not (OperationKind.Demote or OperationKind.Bootstrap)
        && facts.Local.Lease is LeaseState.Held held && facts.Local.Now >= LeaseBudget.StopBy(held, facts.Settings);

    /// <summary>A bootstrap runs PostgreSQL before there is a lock, and a demotion is under way already.</summary>
    private static bool IsPrimaryWithoutClaim(Situation facts) =>
        facts.Postgres.IsPrimary && !facts.Local.HoldsLease
        && facts.Local.Operation?.Kind is not (OperationKind.Demote or OperationKind.Bootstrap);
}
