using Microsoft.Extensions.Logging;
using Router.Agent.Observation;
using Router.Cluster;
using Router.Cluster.Ha;
using Router.Postgres;

namespace Router.Agent.Execution;

/// <summary>
/// The last look at a decision before anything of it is done. One that breaks an invariant is a bug of ours, and nobody
/// knows what else is wrong: a local primary is stopped, and the agent ends to be started afresh.
/// </summary>
public sealed class DecisionCheck(IPostgresInstance instance, LongOperation operation, ILogger<DecisionCheck> logger)
{
    /// <summary>
    /// Null for a possible decision. Otherwise what is wrong with it, once nothing of this agent's can take writes any
    /// more; in a pause PostgreSQL is an operator's and left alone.
    /// </summary>
    public async Task<string?> RefuseAsync(
        Decision decision, Observed observed, HaSettings settings, CancellationToken aborted)
    {
        var broken = HaInvariants.Violations(observed.View, observed.Local, settings, decision);
        if (broken.Count == 0)
        {
            return null;
        }

        var bug = $"a bug: \"{decision.Sentence}\" breaks {string.Join("; ", broken)}";
        ExecutionLog.ImpossibleDecision(logger, bug);
        if (settings.Pause)
        {
            return bug;
        }

        await operation.CancelAsync();
        var facts = await instance.ProbeAsync(aborted);
        if (facts.IsPrimary)
        {
            var fenced = await instance.FenceAsync(aborted);
            ExecutionLog.ActionDone(logger, "Fence", fenced.Reason);
        }

        return bug;
    }
}
