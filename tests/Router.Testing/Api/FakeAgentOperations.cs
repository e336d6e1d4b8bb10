using Router.Agent.Api;

namespace Router.Testing.Api;

/// <summary>Notes what the REST API asks of the cycle, and answers what the test set.</summary>
public sealed class FakeAgentOperations : IAgentOperations
{
    private int _wakes;
    private int _reloads;

    public int Wakes => Volatile.Read(ref _wakes);

    public int Reloads => Volatile.Read(ref _reloads);

    public RestartFilter? RestartedWith { get; private set; }

    public RestartSchedule? Scheduled { get; set; }

    public FailsafeCall? Failsafe { get; private set; }

    public (bool Force, bool FromLeader)? Reinitialized { get; private set; }

    public OperationAnswer RestartAnswer { get; set; } = new(true, "restarted successfully");

    public OperationAnswer ReinitializeAnswer { get; set; } = new(true, "");

    public bool AcceptsFailsafe { get; set; } = true;

    public void Wake() => Interlocked.Increment(ref _wakes);

    public Task<OperationAnswer> RestartAsync(RestartFilter filter, CancellationToken aborted)
    {
        RestartedWith = filter;
        return Task.FromResult(RestartAnswer);
    }

    public bool TryScheduleRestart(RestartSchedule restart)
    {
        if (Scheduled is not null)
        {
            return false;
        }

        Scheduled = restart;
        return true;
    }

    public bool DeleteScheduledRestart()
    {
        var wasScheduled = Scheduled is not null;
        Scheduled = null;
        return wasScheduled;
    }

    public OperationAnswer Reinitialize(bool force, bool fromLeader)
    {
        Reinitialized = (force, fromLeader);
        return ReinitializeAnswer;
    }

    public void Reload() => Interlocked.Increment(ref _reloads);

    public bool TryAcceptFailsafe(FailsafeCall call)
    {
        Failsafe = call;
        return AcceptsFailsafe;
    }
}
