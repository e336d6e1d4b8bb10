using Microsoft.Extensions.Logging;
using Router.Agent.Api;
using Router.Agent.Execution;
using Router.Agent.Observation;
using Router.Agent.Operations;
using Router.Agent.Reporting;
using Router.Cluster;
using Router.Cluster.Guarding;
using Router.Cluster.Ha;
using Router.Cluster.Local;
using Router.Dcs;
using Router.Postgres;

namespace Router.Agent;

/// <summary>
/// The agent as a whole: owner of its loops (cycle, renewal, watches) and of their end. Built by hand from its ports;
/// the simulation builds it the same way.
/// </summary>
public sealed class AgentServer
{
    private static readonly TimeSpan LeavePause = TimeSpan.FromMilliseconds(200);

    private readonly AgentPorts _ports;
    private readonly AgentOptions _options;
    private readonly LiveOptions _live;
    private readonly Leadership _leadership;
    private readonly LeaderRecords _records;
    private readonly Configurator _configurator;
    private readonly LongOperation _operation;
    private readonly CheckpointAfterPromote _checkpoint;
    private readonly MemberPublisher _publisher;
    private readonly LeaseRenewal _renewal;
    private readonly StoreWatch _storeWatch;
    private readonly PostmasterWatch _postmasterWatch;
    private readonly CandidateWatch _candidates;
    private readonly AgentStatus _status;
    private readonly ILogger<AgentServer> _logger;

    /// <param name="ports">What is outside.</param>
    /// <param name="options">What the configuration says; see <see cref="Reconfigure"/>.</param>
    /// <param name="memory">What outlives the process.</param>
    /// <param name="reload">Asks the owner to read the configuration again; called by POST /reload.</param>
    /// <param name="loggers">Whom to tell.</param>
    public AgentServer(
        AgentPorts ports, AgentOptions options, IClaimMemory memory, Action reload, ILoggerFactory loggers)
        : this(ports, options, memory, reload, loggers, HaPolicy.Decide)
    {
    }

    internal AgentServer(
        AgentPorts ports,
        AgentOptions options,
        IClaimMemory memory,
        Action reload,
        ILoggerFactory loggers,
        Func<ClusterView?, LocalState, HaSettings, Decision> decide)
    {
        (_ports, _options, _logger) = (ports, options, loggers.CreateLogger<AgentServer>());
        var (dcs, instance, guard, probe, clock, time) = ports;
        var wakeUps = new WakeUps(time);
        var licence = new Licence();
        _leadership = new Leadership(options.Name, dcs, guard, clock, memory);
        _records = new LeaderRecords(dcs, instance, _leadership);
        _operation = new LongOperation(clock, wakeUps.Wake, loggers.CreateLogger<LongOperation>());
        _status = new AgentStatus(_leadership, options, clock, time);
        Requests = new OperatorRequests(wakeUps, _operation, () => _status.Current.Local, reload);
        _live = new LiveOptions(options);
        _configurator = new Configurator(instance, _live, loggers.CreateLogger<Configurator>());
        var names = new SynchronousNames(instance);
        _checkpoint = new CheckpointAfterPromote(instance, wakeUps.Wake);
        _publisher = new MemberPublisher(dcs, clock, _live);
        _candidates = new CandidateWatch(dcs, probe, clock, time);
        var operations = new OperationSet(
            instance,
            new BootstrapOperation(instance, dcs, _leadership, options, time),
            new RejoinOperation(instance),
            new DemoteOperation(instance, _leadership, guard, clock),
            new HandOverOperation(
                instance, _leadership, guard, _candidates, _records, options, time,
                loggers.CreateLogger<HandOverOperation>()));
        var executor = new ActionExecutor(
            dcs, instance, guard, _leadership, _records, _operation, operations, names,
            _publisher.KeepAliveAsync, options, loggers.CreateLogger<ActionExecutor>());
        var observer = new Observer(
            dcs, instance, probe, guard, _leadership, _operation, names, Requests, clock, time, _live);
        Cycle = new HaCycle(
            observer, new DecisionCheck(instance, _operation, loggers.CreateLogger<DecisionCheck>()), executor, _configurator,
            _publisher, _checkpoint, _leadership, licence, _operation, Requests, _status, wakeUps, clock,
            loggers.CreateLogger<HaCycle>())
        {
            Decide = decide,
        };
        _renewal = new LeaseRenewal(
            _leadership, licence, dcs, clock, time, () => _configurator.Settings, wakeUps.Wake,
            _publisher.KeepAliveAsync, loggers.CreateLogger<LeaseRenewal>());
        _storeWatch = new StoreWatch(dcs, options.Name, wakeUps.Wake);
        _postmasterWatch = new PostmasterWatch(instance, time, wakeUps.Wake);
    }

    /// <summary>What people may ask of this member.</summary>
    public OperatorRequests Requests { get; }

    /// <summary>What the REST API tells.</summary>
    public AgentStatus Status => _status;

    /// <summary>The cycle, for the simulation and for <see cref="HaCycle.ExitReason"/>.</summary>
    public HaCycle Cycle { get; }

    /// <summary>
    /// Takes what the configuration says now; the next cycle, which this starts, goes by it and hands PostgreSQL its
    /// settings again. Name, scope and guard must be the same.
    /// </summary>
    public void Reconfigure(AgentOptions options)
    {
        _live.Now = options;
        Requests.Reconfigure();
    }

    /// <summary>
    /// Runs until <paramref name="stopping"/>, then stops PostgreSQL and gives the lock back (not in pause). Answers
    /// false where a decision ended the agent.
    /// </summary>
    public async Task<bool> RunAsync(CancellationToken stopping, CancellationToken aborted)
    {
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(stopping, aborted);
        using var renewing = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        if (await _leadership.AdoptAsync(_configurator.Settings.FenceMargin, stopping))
        {
            AgentLog.Adopted(_logger);
        }

        var watches = Task.WhenAll(_storeWatch.RunAsync(watching.Token), _postmasterWatch.RunAsync(watching.Token));
        var renewal = _renewal.RunAsync(renewing.Token);
        await Cycle.RunAsync(watching.Token);
        await watching.CancelAsync();
        await watches;
        if (Cycle.ExitReason is { } reason)
        {
            AgentLog.Exiting(_logger, reason);
        }
        else if (!aborted.IsCancellationRequested)
        {
            await LeaveAsync(aborted);
        }

        await renewing.CancelAsync();
        await renewal;
        await _checkpoint.WaitAsync();
        return Cycle.ExitReason is null;
    }

    /// <summary>
    /// A synchronous standby lets the leader take it out of the sync key, so that no commit waits for it; not longer than two
    /// cycles of the leader, and not for a leader that is gone.
    /// </summary>
    private async Task LeaveSyncAsync(AgentSnapshot snapshot, CancellationToken aborted)
    {
        var until = _ports.Clock.Now + (2 * snapshot.Settings.LoopWait);
        if (!snapshot.Local.Postgres.IsRunningStandby || !IsSynchronous(snapshot.View))
        {
            return;
        }

        AgentLog.Stopping(_logger, "leaving the sync key");
        var leaving = snapshot.Local with { RequestedOperation = OperationKind.Restart };
        await _publisher.PublishAsync(snapshot.View, leaving, snapshot.Settings, null, aborted);
        while (_ports.Clock.Now < until
            && await _ports.Dcs.ReadAsync(aborted) is DcsRead.Seen { View: var view } && IsSynchronous(view))
        {
            await Task.Delay(LeavePause, _ports.Time, aborted);
        }
    }

    private bool IsSynchronous(ClusterView? view) =>
        view is { Leader.Value: not null, Sync.Value: { IsActive: true } sync } && sync.Standbys.Contains(_options.Name.Value);

    /// <summary>The clean end (ha-loop.md 14): a standby leaves, a primary stops, and the lock goes when it has.</summary>
    private async Task LeaveAsync(CancellationToken aborted)
    {
        await _operation.CancelAsync();
        var snapshot = _status.Current;
        if (snapshot.Settings.Pause)
        {
            AgentLog.Stopping(_logger, "paused: PostgreSQL is left running");
            return;
        }

        await LeaveSyncAsync(snapshot, aborted);
        AgentLog.Stopping(_logger, "stopping PostgreSQL");
        var stopped = await _ports.Instance.StopAsync(StopMode.Fast, _options.ShutdownTimeout, aborted);
        var facts = await _ports.Instance.ProbeAsync(aborted);
        if (!stopped.IsSuccess || facts.State != PostgresState.Stopped)
        {
            AgentLog.Stopping(_logger, $"PostgreSQL did not stop, so the lock is left to run out: {stopped.Reason}");
            return;
        }

        if (_leadership.State.Claim is not null && facts.Control is { IsCleanPrimaryShutdown: true } control)
        {
            var others = snapshot.View?.Members.Select(m => m.Name).Where(n => n != _options.Name).ToList() ?? [];
            if (others.Count > 0)
            {
                await _candidates.WaitForAnyBeyondAsync(others, control.CheckpointLsn, snapshot.Settings.RetryTimeout, aborted);
            }

            await _records.WriteFinalStatusAsync(control.CheckpointLsn, aborted);
        }

        await _ports.Guard.DisarmAsync(DisarmReason.Stopped, aborted);
        var released = await _leadership.ReleaseAsync(aborted);
        AgentLog.Stopping(_logger, released.Reason);
        await _publisher.FarewellAsync(snapshot.Local with { Postgres = facts }, snapshot.Settings, aborted);
    }
}
