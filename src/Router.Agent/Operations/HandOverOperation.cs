using Microsoft.Extensions.Logging;
using Router.Agent.Execution;
using Router.Agent.Guarding;
using Router.Agent.Observation;
using Router.Cluster;
using Router.Cluster.Guarding;
using Router.Cluster.Ha;
using Router.Cluster.Local;
using Router.Postgres;

namespace Router.Agent.Operations;

/// <summary>
/// The planned end of leadership (rule S8): stop fast, which ends every session, and give the lock away only when a candidate has
/// received the shutdown checkpoint. Otherwise this member starts again and leads on. The lease is renewed all along.
/// </summary>
public sealed class HandOverOperation(
    IPostgresInstance instance,
    Leadership leadership,
    IGuard guard,
    CandidateWatch candidates,
    LeaderRecords records,
    AgentOptions options,
    TimeProvider time,
    ILogger<HandOverOperation> logger)
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    public async Task<ActionResult> RunAsync(
        HaAction.HandOver action, HaSettings settings, CancellationToken aborted)
    {
        var result = await TryAsync([.. action.Candidates], settings, aborted);
        if (!result.IsSuccess && action.Request != Revision.Absent)
        {
            await records.ClearFailoverAsync(new HaAction.ClearFailover(action.Request), aborted);
        }

        return result;
    }

    private async Task<ActionResult> TryAsync(
        IReadOnlyList<MemberName> names, HaSettings settings, CancellationToken aborted)
    {
        var bound = settings.PrimaryStopTimeout > TimeSpan.Zero ? settings.PrimaryStopTimeout : settings.Ttl;

        // The checkpoint is written while clients still work, so that the one of the stop is short.
        await instance.CheckpointAsync(aborted);
        var stopped = await instance.StopAsync(StopMode.Fast, bound, aborted);
        if (!stopped.IsSuccess)
        {
            return await LeadOnAsync($"the fast stop did not end: {stopped.Reason}", settings, aborted);
        }

        var facts = await instance.ProbeAsync(aborted);
        if (facts.Control is not { IsCleanPrimaryShutdown: true } control)
        {
            return await LeadOnAsync("the stop left no shutdown checkpoint", settings, aborted);
        }

        var caughtUp = await candidates.WaitForAnyBeyondAsync(names, control.CheckpointLsn, bound, aborted);
        if (caughtUp is not { } successor)
        {
            return await LeadOnAsync(
                $"no candidate received the shutdown checkpoint at {control.CheckpointLsn}", settings, aborted);
        }

        await records.WriteFinalStatusAsync(control.CheckpointLsn, aborted);
        await guard.DisarmAsync(DisarmReason.Stopped, aborted);
        return await ReleaseAsync(successor, aborted);
    }

    private async Task<ActionResult> ReleaseAsync(MemberName successor, CancellationToken aborted)
    {
        // Unanswered releases are repeated: until the key is gone or the lease has run out nobody else can lead.
        while (true)
        {
            var released = await leadership.ReleaseAsync(aborted);
            if (released.IsSuccess || leadership.State.Claim is null)
            {
                return ActionResult.Done($"{successor} has everything; released the leader lock");
            }

            ExecutionLog.ActionFailed(logger, "Release", released.Reason);
            await Task.Delay(RetryPause, time, aborted);
        }
    }

    private async Task<ActionResult> LeadOnAsync(string reason, HaSettings settings, CancellationToken aborted)
    {
        var facts = await instance.ProbeAsync(aborted);
        if (facts.State == PostgresState.Running)
        {
            return ActionResult.Failed($"{reason}; leading on");
        }

        // In a pause no cycle breaks this off: the lock may have gone, and been taken, while PostgreSQL was stopped.
        if (!await leadership.IsProvenAsync(aborted))
        {
            return ActionResult.Failed($"{reason}; the leader lock is not proven, so PostgreSQL stays stopped");
        }

        var armed = await leadership.MustArmGuardAsync(settings.FenceMargin, options.Guard, aborted);
        if (!armed.IsSuccess)
        {
            return ActionResult.Failed($"{reason}; {armed.Reason}: the lock is left to run out");
        }

        var started = await instance.StartAsPrimaryAsync(aborted);
        return ActionResult.Failed(started.IsSuccess ? $"{reason}; leading on" : $"{reason}; {started.Reason}");
    }
}
