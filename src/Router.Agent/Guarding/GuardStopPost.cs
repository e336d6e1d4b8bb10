using Microsoft.Extensions.Logging;
using Router.Cluster;
using Router.Cluster.Guarding;
using Router.Postgres.Fencing;

namespace Router.Agent.Guarding;

/// <summary>
/// <c>router guard --stop-post</c>, the unit's ExecStopPost: sees to it that somebody honours the recorded deadline.
/// A guard that answers does. Else a deadline that passed is acted on here, and one to come is left to a new guard,
/// because the unit is not restarted before this command ends. Only where no guard can be started it waits itself.
/// </summary>
public static class GuardStopPost
{
    private static readonly TimeSpan AnswerBound = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StartBound = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <exception cref="IOException">Socket, lock or record cannot be reached; the message says where.</exception>
    public static async Task RunAsync(
        GuardOptions options, IBootClock clock, TimeProvider time, ILogger logger, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        var paths = GuardPaths.For(options.DataDirectory, options.SocketDirectory);
        if (await AnswersAsync(paths, time, stopping))
        {
            return;
        }

        if (!Owes(paths, clock.Now) && Recorded(paths).Duty == GuardDuty.Disarmed)
        {
            return;
        }

        if (!Owes(paths, clock.Now) && await StartAsync(options, paths, time, logger, stopping))
        {
            return;
        }

        await FenceWhenDueAsync(options, paths, clock, time, logger, stopping);
    }

    private static async Task<bool> AnswersAsync(GuardPaths paths, TimeProvider time, CancellationToken stopping)
    {
        using var connection = GuardConnection.TryConnect(paths.Socket);
        if (connection is null)
        {
            return false;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var answers = connection.RunAsync(static _ => { }, ended.Token);
        var ping = new GuardMessage { Kind = GuardMessageKind.Ping };
        var answer = await connection.AskAsync(ping, AnswerBound, time, stopping);
        if (answer is null)
        {
            connection.KillGuard();
        }

        await ended.CancelAsync();
        _ = await Task.WhenAny(answers);
        return answer is not null;
    }

    private static GuardRecord Recorded(GuardPaths paths)
    {
        using var file = new GuardRecordFile(paths.Record);
        return file.Read().GetValueOrDefault();
    }

    private static bool Owes(GuardPaths paths, BootTime now) =>
        Recorded(paths) is { Duty: GuardDuty.Armed } record && now >= record.Deadline;

    private static async Task<bool> StartAsync(
        GuardOptions options, GuardPaths paths, TimeProvider time, ILogger logger, CancellationToken stopping)
    {
        if (await new GuardLauncher(options).LaunchAsync(stopping) is { } reason)
        {
            GuardLog.GuardNotStarted(logger, reason);
            return false;
        }

        for (var since = time.GetTimestamp(); time.GetElapsedTime(since) < StartBound;)
        {
            if (await AnswersAsync(paths, time, stopping))
            {
                return true;
            }

            await Task.Delay(Pause, time, stopping);
        }

        return false;
    }

    private static async Task FenceWhenDueAsync(
        GuardOptions options,
        GuardPaths paths,
        IBootClock clock,
        TimeProvider time,
        ILogger logger,
        CancellationToken stopping)
    {
        using var held = await GuardProcess.TakeLockAsync(paths.Lock, time, stopping);
        if (held is null)
        {
            // A guard has come in the meantime.
            return;
        }

        using var file = new GuardRecordFile(paths.Record);
        using var fence = new InstanceFence(options.DataDirectory);
        _ = fence.Refresh();
        var memory = GuardMemory.Resume(file.Read().GetValueOrDefault(), clock.Now);
        while (memory.Duty == GuardDuty.Armed || memory is { Duty: GuardDuty.Fired, IsFenced: false })
        {
            var step = GuardPolicy.Step(memory, GuardEvent.Tick(clock.Now));
            memory = step.Memory;
            if ((step.Effects & GuardEffects.Fence) != 0)
            {
                var report = fence.Fence();
                GuardLog.Fenced(
                    logger, memory.Acquisition, report.Signalled, report.Refused, report.LastError, report.IsFenced);
                memory = GuardPolicy.Step(memory, GuardEvent.FenceRan(clock.Now, report.IsFenced)).Memory;
                file.Write(memory.ToRecord());
            }

            await Task.Delay(Pause, time, stopping);
        }
    }
}
