using Router.Agent.Execution;
using Router.Cluster.Ha;
using Router.Cluster.Local;
using Router.Postgres;

namespace Router.Agent.Operations;

/// <summary>Which operation carries out which long action.</summary>
public sealed class OperationSet(
    IPostgresInstance instance,
    BootstrapOperation bootstrap,
    RejoinOperation rejoin,
    DemoteOperation demote,
    HandOverOperation handOver)
{
    /// <summary>The kind and the body of a long action.</summary>
    public (OperationKind Kind, Func<CancellationToken, Task<ActionResult>> Body) Of(
        HaAction action, CycleContext context, InitializeRace initializeRaced)
    {
        var settings = context.Settings;
        return action switch
        {
            HaAction.Bootstrap =>
                (OperationKind.Bootstrap, aborted => bootstrap.RunAsync(initializeRaced, settings, aborted)),
            HaAction.CopyFrom a =>
                (OperationKind.Clone, aborted => AnswerAsync(instance.CloneAsync(a.Source, aborted))),
            HaAction.StartAsPrimary =>
                (OperationKind.StartAsPrimary, aborted => AnswerAsync(instance.StartAsPrimaryAsync(aborted))),
            HaAction.StartAsStandby a =>
                (OperationKind.Start, aborted => AnswerAsync(instance.StartAsStandbyAsync(a.Target, aborted))),
            HaAction.Promote =>
                (OperationKind.Promote, aborted => AnswerAsync(instance.PromoteAsync(aborted))),
            HaAction.Demote a =>
                (OperationKind.Demote, aborted => demote.RunAsync(a.Mode, settings, aborted)),
            HaAction.Rejoin a =>
                (OperationKind.Rejoin, aborted => rejoin.RunAsync(a.Leader, settings, aborted)),
            HaAction.HandOver a =>
                (OperationKind.HandOver, aborted => handOver.RunAsync(a, settings, aborted)),
            HaAction.Restart =>
                (OperationKind.Restart, aborted => AnswerAsync(instance.RestartAsync(aborted))),
            HaAction.Reinitialize a =>
                (OperationKind.Reinitialize, aborted => ReinitializeAsync(a.Source, aborted)),
            _ => throw new InvalidOperationException($"{action.GetType().Name} is not a long action."),
        };
    }

    private async Task<ActionResult> ReinitializeAsync(FollowTarget source, CancellationToken aborted)
    {
        var fenced = await instance.FenceAsync(aborted);
        return fenced.IsSuccess
            ? await rejoin.CopyAnewAsync(source, "a new copy is due", aborted)
            : ActionResult.Failed(fenced.Reason);
    }

    private static async Task<ActionResult> AnswerAsync(Task<InstanceResult> running)
    {
        var result = await running;
        return new ActionResult(result.IsSuccess, result.Reason);
    }
}
