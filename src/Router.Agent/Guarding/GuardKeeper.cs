using Microsoft.Extensions.Logging;
using Router.Cluster;
using Router.Cluster.Guarding;

namespace Router.Agent.Guarding;

/// <summary>
/// The agent's side of the mutual watch: finds the guard or starts one, pings it, and replaces one that is missing,
/// stopped or mute. Owns the connection. The owner awaits <see cref="RunAsync"/>.
/// </summary>
public sealed class GuardKeeper : IGuard
{
    /// <summary>
    /// Pings without an answer after which a guard counts as mute; with <see cref="PingEvery"/> 0.6 s.
    /// </summary>
    private const int UnansweredMax = 3;

    private static readonly TimeSpan PingEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan AnswerBound = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ConnectBound = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ConnectEvery = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LaunchPause = TimeSpan.FromMilliseconds(200);

    private readonly GuardPaths _paths;
    private readonly GuardLauncher _launcher;
    private readonly GuardMessage _registration;
    private readonly byte[] _payload;
    private readonly IBootClock _clock;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private volatile GuardConnection? _connection;
    private volatile GuardState _state = new GuardState.Missing();
    private volatile Wish? _wish;

    /// <param name="agent">
    /// How to start this agent again; null under a service manager (NOTIFY_SOCKET or the setting), which does it.
    /// </param>
    /// <exception cref="IOException">No directory can hold the guard's socket.</exception>
    public GuardKeeper(
        GuardOptions options, AgentCommand? agent, IBootClock clock, TimeProvider time, ILogger<GuardKeeper> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _paths = GuardPaths.For(options.DataDirectory, options.SocketDirectory);
        _launcher = new GuardLauncher(options);
        _registration = new GuardMessage { Kind = GuardMessageKind.Register, RestartsAgent = agent is not null };
        _payload = agent?.ToPayload() ?? [];
        if (_payload.Length > GuardMessage.PayloadMax)
        {
            throw new ArgumentException("The agent's command line is too long for the guard.", nameof(agent));
        }

        _clock = clock;
        _time = time;
        _logger = logger;
    }

    public GuardState State => _state;

    /// <summary>Process id of the guard in use; null while there is none.</summary>
    public int? GuardPid => _connection?.GuardPid;

    public async Task<ArmOutcome> ArmAsync(BootTime deadline, Acquisition acquisition, CancellationToken stopping)
    {
        var arm = new GuardMessage { Kind = GuardMessageKind.Arm, Deadline = deadline, Acquisition = acquisition };
        if (await AskAsync(arm, stopping) is not { } answer)
        {
            return ArmOutcome.NoGuard;
        }

        if (answer.Answer == GuardAnswer.Armed)
        {
            _wish = new Wish(deadline, acquisition);
        }

        return answer.Answer switch
        {
            GuardAnswer.Armed => ArmOutcome.Armed,
            GuardAnswer.Latched => ArmOutcome.Latched,
            _ => ArmOutcome.DeadlinePast,
        };
    }

    public ValueTask FeedAsync(BootTime deadline, Acquisition acquisition)
    {
        if (_wish is { } wish && wish.Acquisition == acquisition)
        {
            _wish = new Wish(deadline, acquisition);
        }

        var feed = new GuardMessage { Kind = GuardMessageKind.Feed, Deadline = deadline, Acquisition = acquisition };
        _ = _connection?.Send(feed);
        return ValueTask.CompletedTask;
    }

    public async Task<DisarmOutcome> DisarmAsync(DisarmReason reason, CancellationToken stopping)
    {
        var disarm = new GuardMessage { Kind = GuardMessageKind.Disarm, Reason = reason };
        switch (await AskAsync(disarm, stopping))
        {
            case { Answer: GuardAnswer.Disarmed }:
                _wish = null;
                return DisarmOutcome.Disarmed;
            case { Answer: GuardAnswer.PrimaryRuns }:
                return DisarmOutcome.PrimaryRuns;
            default:
                return DisarmOutcome.NoGuard;
        }
    }

    /// <summary>
    /// Watches until <paramref name="stopping"/>, then tells the guard that the agent ends on purpose.
    /// </summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                using var connection = await FindAsync(stopping);
                if (connection is not null)
                {
                    await TendAsync(connection, stopping);
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>The guard that runs, or a new one; null when none came within the bound.</summary>
    private async Task<GuardConnection?> FindAsync(CancellationToken stopping)
    {
        if (GuardConnection.TryConnect(_paths.Socket) is { } running)
        {
            return running;
        }

        if (await _launcher.LaunchAsync(stopping) is { } reason)
        {
            GuardLog.GuardNotStarted(_logger, reason);
            await Task.Delay(LaunchPause, _time, stopping);
            return null;
        }

        for (var since = _time.GetTimestamp(); _time.GetElapsedTime(since) < ConnectBound;)
        {
            if (GuardConnection.TryConnect(_paths.Socket) is { } started)
            {
                return started;
            }

            await Task.Delay(ConnectEvery, _time, stopping);
        }

        GuardLog.GuardNotStarted(_logger, $"it did not listen within {ConnectBound.TotalSeconds} s");
        return null;
    }

    private async Task TendAsync(GuardConnection connection, CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var answers = connection.RunAsync(Learn, ended.Token);
        try
        {
            _ = connection.Send(_registration, _payload);
            _connection = connection;
            GuardLog.GuardFound(_logger, connection.GuardPid);
            await RestoreAsync(connection, stopping);
            var reason = await WatchAsync(connection, answers, stopping);
            GuardLog.GuardLost(_logger, connection.GuardPid, reason);

            // Stopped or mute, it still holds the lock that its successor needs.
            connection.KillGuard();
        }
        finally
        {
            if (stopping.IsCancellationRequested)
            {
                var leave = new GuardMessage { Kind = GuardMessageKind.Leave };
                _ = await connection.AskAsync(leave, AnswerBound, _time, CancellationToken.None);
            }

            _connection = null;
            _state = new GuardState.Missing();
            await ended.CancelAsync();
            await answers.ContinueWith(
                static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    /// <summary>
    /// Counts its own turns and not time: an agent that was frozen itself has no right to call the guard mute.
    /// </summary>
    private async Task<string> WatchAsync(GuardConnection connection, Task<string> answers, CancellationToken stopping)
    {
        while (connection.Unanswered < UnansweredMax && connection.Ping())
        {
            var pause = Task.Delay(PingEvery, _time, stopping);
            if (await Task.WhenAny(pause, answers) == answers)
            {
                return await answers;
            }

            await pause;
        }

        return "it is stopped or mute";
    }

    /// <summary>
    /// A guard that finds no record, because memory was wiped, is armed again with what is still proven.
    /// </summary>
    private async Task RestoreAsync(GuardConnection connection, CancellationToken stopping)
    {
        if (_wish is { } wish && wish.Deadline > _clock.Now)
        {
            var arm = new GuardMessage
            {
                Kind = GuardMessageKind.Arm,
                Deadline = wish.Deadline,
                Acquisition = wish.Acquisition,
            };
            _ = await connection.AskAsync(arm, AnswerBound, _time, stopping);
        }
    }

    private async Task<GuardMessage?> AskAsync(GuardMessage message, CancellationToken stopping) =>
        _connection is { } connection ? await connection.AskAsync(message, AnswerBound, _time, stopping) : null;

    private void Learn(GuardMessage answer) => _state = answer.Duty switch
    {
        GuardDuty.Armed => new GuardState.Armed(answer.Deadline),
        GuardDuty.Fired => new GuardState.Fired(),
        _ => new GuardState.Disarmed(),
    };

    /// <summary>What the agent wants guarded: the last deadline it has proven.</summary>
    private sealed record Wish(BootTime Deadline, Acquisition Acquisition);
}
