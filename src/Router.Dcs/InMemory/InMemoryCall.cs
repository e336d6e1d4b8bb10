namespace Router.Dcs.InMemory;

/// <summary>
/// One call under faults: the request arrives later or never, the reply later or never, and the caller waits no longer
/// than the deadline. Timers only; what has not happened yet when the caller gives up still happens.
/// </summary>
internal sealed class InMemoryCall<T>
{
    // Continuations run inside the timer on purpose: one thread and one seed give one history.
    private readonly TaskCompletionSource<T> _answer = new();
    private readonly List<ITimer> _timers = [];
    private readonly TimeProvider _time;
    private readonly Func<T> _execute;

    private InMemoryCall(TimeProvider time, Func<T> execute)
    {
        _time = time;
        _execute = execute;
    }

    public static async Task<T> RunAsync(
        TimeProvider time, InMemoryFaults faults, TimeSpan deadline, Func<T> execute, T lost, CancellationToken aborted)
    {
        aborted.ThrowIfCancellationRequested();
        if (faults == InMemoryFaults.None)
        {
            return execute();
        }

        var call = new InMemoryCall<T>(time, execute);
        call.After(deadline, () => _ = call._answer.TrySetResult(lost));
        if (!faults.IsUnreachable)
        {
            call.After(faults.RequestDelay, () => call.Arrive(faults));
        }

        await using var registration = aborted.Register(() => _ = call._answer.TrySetCanceled(aborted));
        return await call._answer.Task;
    }

    private void Arrive(InMemoryFaults faults)
    {
        var answer = _execute();
        if (!faults.LosesReplies)
        {
            After(faults.ReplyDelay, () => _ = _answer.TrySetResult(answer));
        }
    }

    private void After(TimeSpan delay, Action action)
    {
        if (delay <= TimeSpan.Zero)
        {
            action();
            return;
        }

        // The list keeps the timers from being collected while the call, or its late arrival, is under way.
        _timers.Add(_time.CreateTimer(_ => action(), null, delay, Timeout.InfiniteTimeSpan));
    }
}
