using Microsoft.Extensions.Logging;
using Router.Agent.Execution;
using Router.Agent.Observation;
using Router.Agent.Operations;
using Router.Agent.Reporting;
using Router.Cluster;
using Router.Cluster.Ha;
using Router.Cluster.Local;

namespace Router.Agent;

/// <summary>
/// The agent's heart: observe, decide, execute, report. Owner of what a decision remembers between two runs. Long work
/// runs beside it, the renewal of the lease too; what it gives them is the licence.
/// </summary>
public sealed class HaCycle(
    Observer observer,
    DecisionCheck check,
    ActionExecutor executor,
    Configurator configurator,
    MemberPublisher publisher,
    CheckpointAfterPromote checkpoint,
    Leadership leadership,
    Licence licence,
    LongOperation operation,
    OperatorRequests requests,
    AgentStatus status,
    WakeUps wakeUps,
    IBootClock clock,
    ILogger<HaCycle> logger)
{
    private string _lastSentence = "";

    /// <summary>The policy; another one only to see what becomes of a decision that no policy of ours makes.</summary>
    internal Func<ClusterView?, LocalState, HaSettings, Decision> Decide { get; init; } = HaPolicy.Decide;

    /// <summary>Why the agent has to end, once a decision said so.</summary>
    public string? ExitReason { get; private set; }

    /// <summary>The decision that ends the agent was a bug of ours: it has to be started again.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Runs cycles until <paramref name="stopping"/>, or until a decision ends the agent.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (ExitReason is null)
            {
                var next = await RunOnceAsync(stopping);
                await wakeUps.WaitAsync(next, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The owner asked; what runs beside the cycle is his to end.
        }
    }

    /// <summary>One cycle; answers how long the next may wait.</summary>
    public async Task<TimeSpan> RunOnceAsync(CancellationToken aborted)
    {
        var begun = clock.Now;
        var observed = await observer.ObserveAsync(configurator.Settings, aborted);
        if (requests.TakeReconfigured())
        {
            configurator.Invalidate();
        }

        await configurator.ApplyAsync(observed, operation.Running is not null, aborted);
        var settings = configurator.Settings;

        var decision = Decide(observed.View, observed.Local, settings);
        if (decision.NeedsPeers)
        {
            observed = await observer.AskPeersAsync(observed, aborted);
            decision = Decide(observed.View, observed.Local, settings);
        }

        if (await check.RefuseAsync(decision, observed, settings, aborted) is { } bug)
        {
            licence.Renew(clock.Now, mayLead: false);
            (ExitReason, HasFailed) = (bug, true);
            return WakeUps.SpacingMin;
        }

        licence.Renew(clock.Now, decision.MayLead);
        Tell(decision, observed);
        var isDone = await ExecuteAsync(decision, observed, settings, aborted);

        await ReportAsync(observed, settings, decision, begun, aborted);
        return Pause(decision, isDone, settings);
    }

    private async Task<bool> ExecuteAsync(
        Decision decision, Observed observed, HaSettings settings, CancellationToken aborted)
    {
        foreach (var action in decision.Actions)
        {
            if (action is HaAction.Exit exit)
            {
                ExitReason = exit.Reason;
                return false;
            }
        }

        var context = new CycleContext(observed.View, observed.Local, settings, configurator.ConfigJson);
        var isDone = await executor.ExecuteAsync(decision, context, aborted);
        if (observed.Local.RequestedOperation is not null && !decision.KeepsRequest)
        {
            requests.TakeUp(operation.Running is not null, decision.Sentence);
        }

        return isDone;
    }

    private async Task ReportAsync(
        Observed observed, HaSettings settings, Decision decision, BootTime begun, CancellationToken aborted)
    {
        var local = observed.Local with
        {
            Lease = leadership.Lease,
            Operation = operation.Running,
            LastOperation = operation.LastEnd,
        };
        if (local.HasLapsed && !local.Postgres.IsPrimary && local.Operation is null)
        {
            // Stopped or in recovery: nothing is left to fence, and the member may race as a former primary (S4).
            leadership.Forget();
        }

        checkpoint.Ensure(local.Postgres, aborted);
        requests.Due(local.WallClock, local.Postgres);
        if (observed.View is not null)
        {
            await publisher.PublishAsync(observed.View, local, settings, requests.Scheduled, aborted);
        }

        status.Publish(observed, local, settings, decision.Sentence, requests.Scheduled, begun);
    }

    private void Tell(Decision decision, Observed observed)
    {
        var sentence = observed.Outage is { } outage ? $"{decision.Sentence} ({outage})" : decision.Sentence;
        if (decision.Sentence == _lastSentence)
        {
            AgentLog.Decided(logger, sentence);
            return;
        }

        _lastSentence = decision.Sentence;
        AgentLog.DecidedAnew(logger, sentence);
    }

    /// <summary>Whoever changed something looks again at once; so does whoever failed, after a breath.</summary>
    private TimeSpan Pause(Decision decision, bool isDone, HaSettings settings)
    {
        var pause = settings.LoopWait;
        if (!isDone)
        {
            pause = Min(pause, TimeSpan.FromSeconds(1));
        }
        else if (decision.Actions.Any(HaActions.ChangesTheWorld))
        {
            pause = WakeUps.SpacingMin;
        }

        if (decision.DecideAgainAt is { } at)
        {
            pause = Min(pause, at - clock.Now);
        }

        return pause > TimeSpan.Zero ? pause : WakeUps.SpacingMin;
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
