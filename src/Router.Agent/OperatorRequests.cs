using Router.Agent.Api;
using Router.Agent.Execution;
using Router.Cluster.Local;

namespace Router.Agent;

/// <summary>
/// What people ask of this member by REST and signals, until the cycle takes it up. Called from any thread; one restart
/// or new copy waits at a time.
/// </summary>
public sealed class OperatorRequests(WakeUps wakeUps, LongOperation operation, Func<LocalState?> local, Action reload) : IAgentOperations
{
    private readonly Lock _lock = new();
    private OperationKind? _pending;
    private TaskCompletionSource<OperationAnswer>? _waiter;
    private RestartSchedule? _scheduled;
    private bool _isReconfigured;

    /// <summary>The operation that was asked for and has not begun.</summary>
    public OperationKind? Pending
    {
        get
        {
            lock (_lock)
            {
                return _pending;
            }
        }
    }

    /// <summary>The restart that waits for its time.</summary>
    public RestartSchedule? Scheduled
    {
        get
        {
            lock (_lock)
            {
                return _scheduled;
            }
        }
    }

    public void Wake() => wakeUps.Wake("asked by REST");

    public async Task<OperationAnswer> RestartAsync(RestartFilter filter, CancellationToken aborted)
    {
        if (local() is not { } facts || !Fits(filter, facts))
        {
            return new OperationAnswer(false, "restart conditions are not satisfied");
        }

        TaskCompletionSource<OperationAnswer> waiter;
        lock (_lock)
        {
            if (Busy() is { } busy)
            {
                return busy;
            }

            _pending = OperationKind.Restart;
            waiter = _waiter = new TaskCompletionSource<OperationAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        wakeUps.Wake("a restart was asked for");
        return await waiter.Task.WaitAsync(aborted);
    }

    public bool TryScheduleRestart(RestartSchedule restart)
    {
        lock (_lock)
        {
            if (_scheduled is not null)
            {
                return false;
            }

            _scheduled = restart;
            return true;
        }
    }

    public bool DeleteScheduledRestart()
    {
        lock (_lock)
        {
            var had = _scheduled is not null;
            _scheduled = null;
            return had;
        }
    }

    public OperationAnswer Reinitialize(bool force, bool fromLeader)
    {
        lock (_lock)
        {
            if (!force && Busy() is { } busy)
            {
                return busy;
            }

            _pending = OperationKind.Reinitialize;
        }

        wakeUps.Wake("a new copy was asked for");
        return new OperationAnswer(true, "reinitialize started");
    }

    public void Reload() => reload();

    /// <summary>The configuration was read again: the next cycle goes by it.</summary>
    public void Reconfigure()
    {
        lock (_lock)
        {
            _isReconfigured = true;
        }

        wakeUps.Wake("the configuration was read again");
    }

    /// <summary>failsafe_mode is refused where it is configured, so nobody leads by it.</summary>
    public bool TryAcceptFailsafe(FailsafeCall call) => local() is { Postgres.IsPrimary: false };

    /// <summary>True once after the configuration was read again.</summary>
    public bool TakeReconfigured()
    {
        lock (_lock)
        {
            var isReconfigured = _isReconfigured;
            _isReconfigured = false;
            return isReconfigured;
        }
    }

    /// <summary>Makes a restart whose time has come a pending one.</summary>
    public void Due(DateTimeOffset now, PostgresFacts postgres)
    {
        lock (_lock)
        {
            if (_scheduled is not { } restart || restart.At > now || _pending is not null)
            {
                return;
            }

            _scheduled = null;
            if (restart.PostmasterStartTime == postgres.PostmasterStartTime)
            {
                _pending = OperationKind.Restart;
            }
        }
    }

    /// <summary>The cycle has begun or refused what was pending.</summary>
    public void TakeUp(bool isBegun, string reason)
    {
        TaskCompletionSource<OperationAnswer>? waiter;
        OperationKind? kind;
        lock (_lock)
        {
            (waiter, kind) = (_waiter, _pending);
            (_waiter, _pending) = (null, null);
        }

        if (waiter is null || kind is null)
        {
            return;
        }

        if (!isBegun)
        {
            waiter.TrySetResult(new OperationAnswer(false, reason));
            return;
        }

        // The operation's own task ends it; this continuation only passes the answer on to the caller of REST.
        operation.WaitAsync().ContinueWith(
            _ => waiter.TrySetResult(operation.LastEnd is { IsSuccess: true }
                ? new OperationAnswer(true, "restarted successfully")
                : new OperationAnswer(false, "restart failed")),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private OperationAnswer? Busy() =>
        operation.Running is { } running
            ? new OperationAnswer(false, $"{running.Kind.ToString().ToLowerInvariant()} already in progress")
            : _pending is { } pending
                ? new OperationAnswer(false, $"{pending.ToString().ToLowerInvariant()} already in progress")
                : null;

    private static bool Fits(RestartFilter filter, LocalState facts) =>
        (filter.Role is null || filter.Role == PublishedState.RoleOf(facts))
        && (!filter.IsPendingOnly || facts.Postgres.PendingRestart.Count > 0);
}
