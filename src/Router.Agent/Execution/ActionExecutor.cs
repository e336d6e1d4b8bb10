using Microsoft.Extensions.Logging;
using Router.Agent.Guarding;
using Router.Agent.Operations;
using Router.Cluster.Guarding;
using Router.Cluster.Ha;
using Router.Dcs;
using Router.Postgres;

namespace Router.Agent.Execution;

/// <summary>
/// Performs a decision's actions in order and stops at the first failure; the next cycle decides anew from new facts.
/// Nothing is decided here. Long actions begin and go on beside the cycle.
/// </summary>
public sealed class ActionExecutor(
    IDcs dcs,
    IPostgresInstance instance,
    IGuard guard,
    Leadership leadership,
    LeaderRecords records,
    LongOperation operation,
    OperationSet operations,
    SynchronousNames synchronousNames,
    Func<CancellationToken, Task<bool>> keepMember,
    AgentOptions options,
    ILogger<ActionExecutor> logger)
{
    private InitializeRace _initializeRaced;

    /// <summary>Carries <paramref name="decision"/> out; true when all of it was done or begun.</summary>
    public async Task<bool> ExecuteAsync(Decision decision, CycleContext context, CancellationToken aborted)
    {
        foreach (var action in decision.Actions)
        {
            var result = await PerformAsync(action, context, aborted);
            if (!result.IsSuccess)
            {
                ExecutionLog.ActionFailed(logger, NameOf(action), result.Reason);
                return false;
            }

            if (!IsRoutine(action))
            {
                ExecutionLog.ActionDone(logger, NameOf(action), result.Reason);
            }
        }

        return true;
    }

    private Task<ActionResult> PerformAsync(HaAction action, CycleContext context, CancellationToken aborted) =>
        action switch
        {
            HaAction.RaceInitialize => RaceInitializeAsync(context.Settings.Ttl, aborted),
            HaAction.AcquireLeaderLock a => AcquireAsync(a, context, aborted),
            HaAction.RecreateLeaderLock a => RecreateAsync(a, context, aborted),
            HaAction.RestoreEpoch a => leadership.RestoreEpochAsync(a, aborted),
            HaAction.ReleaseLeaderLock => leadership.ReleaseAsync(aborted),
            HaAction.OpenEpoch a => leadership.NoteEpochAsync(a.Timeline, isOpened: true, aborted),
            HaAction.WithdrawEpoch a => leadership.NoteEpochAsync(a.Timeline, isOpened: false, aborted),
            HaAction.ArmGuard => leadership.MustArmGuardAsync(context.Settings.FenceMargin, options.Guard, aborted),
            HaAction.DisarmGuard a => DisarmGuardAsync(a.Reason, aborted),
            HaAction.Follow a => AnswerAsync(instance.FollowAsync(a.Target, aborted)),
            HaAction.SetSynchronousNames a => synchronousNames.SetAsync(a.Value, aborted),
            HaAction.ReconcileSlots a => AnswerAsync(instance.ReconcileSlotsAsync([.. a.Create], [.. a.Drop], aborted)),
            HaAction.WriteSync a => records.WriteSyncAsync(a, aborted),
            HaAction.ClearFailover a => records.ClearFailoverAsync(a, aborted),
            HaAction.WriteHistory a =>
                records.WriteHistoryAsync(a, context.View!, context.Settings, options.Name, aborted),
            HaAction.WriteStatus a => records.WriteStatusAsync(a.Status, aborted),
            HaAction.WriteInitialize a => records.WriteInitializeAsync(a, aborted),
            HaAction.RestoreConfig a => records.RestoreConfigAsync(a, context.ConfigJson, aborted),
            HaAction.WriteFailsafe a => records.WriteFailsafeAsync(a, aborted),
            HaAction.Demote => DemoteAsync(action, context, aborted),
            _ => Task.FromResult(Begin(action, context, aborted)),
        };

    private ActionResult Begin(HaAction action, CycleContext context, CancellationToken aborted)
    {
        var (kind, body) = operations.Of(action, context, _initializeRaced);
        return operation.TryBegin(kind, body, aborted)
            ? ActionResult.Done("began")
            : ActionResult.Failed($"{operation.Running?.Kind} is still running");
    }

    /// <summary>A demotion waits for nothing: it takes the place of what runs.</summary>
    private async Task<ActionResult> DemoteAsync(HaAction action, CycleContext context, CancellationToken aborted)
    {
        if (operation.Running is not null)
        {
            await operation.CancelAsync();
        }

        return Begin(action, context, aborted);
    }

    /// <summary>On a lease: an agent that dies while it makes the cluster must not keep everybody waiting for ever.</summary>
    private async Task<ActionResult> RaceInitializeAsync(TimeSpan ttl, CancellationToken aborted)
    {
        var lease = await dcs.GrantLeaseAsync(ttl, aborted);
        if (lease.Outcome != WriteOutcome.Ok)
        {
            return ActionResult.Failed($"the store granted no lease: {lease.Reason}");
        }

        var answer = await dcs.CommitAsync(ClusterTransactions.RaceInitialize(lease.LeaseId), aborted);
        _initializeRaced = new InitializeRace(answer.Revision, lease.LeaseId);
        if (!answer.IsOk)
        {
            // After "unknown" the key may stand on this lease.
            await dcs.RevokeLeaseAsync(lease.LeaseId, aborted);
        }

        return answer.Outcome switch
        {
            WriteOutcome.Ok => ActionResult.Done("won the initialize key"),
            WriteOutcome.Conflict => ActionResult.Failed("another member bootstraps"),
            _ => ActionResult.Failed($"no answer to the race for initialize: {answer.Reason}"),
        };
    }

    /// <summary>
    /// Whoever finds the lock gone waits for a member whose key stands (LeaderRace.SilentLeader): it has to outlive the lock.
    /// </summary>
    private async Task<ActionResult> AcquireAsync(
        HaAction.AcquireLeaderLock action, CycleContext context, CancellationToken aborted)
    {
        if (context.View!.Find(options.Name) is null || !await keepMember(aborted))
        {
            return ActionResult.Failed("my member key does not stand, and has to before I lead");
        }

        return await leadership.AcquireAsync(context.View, action.Timeline, action.IsOpened, context.Settings.Ttl, aborted);
    }

    /// <summary>On a new lease the guard has to hear of it: it fences at the old one's end otherwise.</summary>
    private async Task<ActionResult> RecreateAsync(
        HaAction.RecreateLeaderLock action, CycleContext context, CancellationToken aborted)
    {
        var result = await leadership.RecreateAsync(context.View!, action, context.Settings, aborted);
        if (result.IsSuccess && guard.State is GuardState.Armed)
        {
            var armed = await leadership.MustArmGuardAsync(context.Settings.FenceMargin, options.Guard, aborted);
            return armed.IsSuccess ? result : armed;
        }

        return result;
    }

    private async Task<ActionResult> DisarmGuardAsync(DisarmReason reason, CancellationToken aborted)
    {
        var outcome = await guard.DisarmAsync(reason, aborted);
        return outcome == DisarmOutcome.Disarmed
            ? ActionResult.Done("the guard stands down")
            : ActionResult.Failed($"the guard did not stand down: {outcome}");
    }

    private static async Task<ActionResult> AnswerAsync(Task<InstanceResult> running)
    {
        var result = await running;
        return new ActionResult(result.IsSuccess, result.Reason);
    }

    /// <summary>Writes of every cycle, which would drown the story of the log.</summary>
    private static bool IsRoutine(HaAction action) => action is HaAction.WriteStatus;

    private static string NameOf(HaAction action) => action.GetType().Name;
}
