using Microsoft.Extensions.Logging;
using Router.Cluster;
using Router.Cluster.Local;

namespace Router.Agent.Execution;

/// <summary>
/// The one operation that may run beside the cycle: a copy, a promotion, a stop. The cycle and the renewal go on
/// meanwhile; what it does is a fact of each observation. Begun and awaited by the cycle's owner only.
/// </summary>
public sealed class LongOperation(IBootClock clock, Action<string> wake, ILogger<LongOperation> logger)
{
    private volatile RunningOperation? _running;
    private volatile OperationEnd? _lastEnd;
    private Task _task = Task.CompletedTask;
    private CancellationTokenSource? _cancel;

    /// <summary>What runs; null when nothing does.</summary>
    public RunningOperation? Running => _running;

    /// <summary>How the last one ended.</summary>
    public OperationEnd? LastEnd => _lastEnd;

    /// <summary>Begins <paramref name="body"/> unless an operation runs already.</summary>
    public bool TryBegin(OperationKind kind, Func<CancellationToken, Task<ActionResult>> body, CancellationToken aborted)
    {
        if (Running is not null)
        {
            return false;
        }

        ExecutionLog.OperationBegan(logger, kind.ToString());
        _running = new RunningOperation(kind, clock.Now);
        _cancel?.Dispose();
        _cancel = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        _task = RunAsync(kind, body, _cancel.Token);
        return true;
    }

    /// <summary>Asks the running operation to end, and waits for it.</summary>
    public async Task CancelAsync()
    {
        // Inline, not on another thread: it only ends waits, and in the simulation one thread gives one history.
#pragma warning disable CA1849
        _cancel?.Cancel();
#pragma warning restore CA1849

        await _task;
    }

    /// <summary>Waits for the running operation.</summary>
    public Task WaitAsync() => _task;

    private async Task RunAsync(
        OperationKind kind, Func<CancellationToken, Task<ActionResult>> body, CancellationToken aborted)
    {
        ActionResult result;
        try
        {
            result = await body(aborted);
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
        {
            result = ActionResult.Failed("cancelled");
        }
#pragma warning disable CA1031 // The top of a loop of its own: an operation that never ends would block every later one.
        catch (Exception e)
#pragma warning restore CA1031
        {
            ExecutionLog.OperationBroke(logger, e, kind.ToString());
            result = ActionResult.Failed(e.Message);
        }

        if (result.IsSuccess)
        {
            ExecutionLog.OperationEnded(logger, kind.ToString(), result.Reason);
        }
        else if (_lastEnd is { IsSuccess: false } last && last.Kind == kind && last.Reason == result.Reason)
        {
            ExecutionLog.OperationFailedAgain(logger, kind.ToString(), result.Reason);
        }
        else
        {
            ExecutionLog.OperationFailed(logger, kind.ToString(), result.Reason);
        }

        _lastEnd = new OperationEnd(kind, result.IsSuccess, result.Reason, clock.Now);
        _running = null;
        wake($"{kind} ended");
    }
}
