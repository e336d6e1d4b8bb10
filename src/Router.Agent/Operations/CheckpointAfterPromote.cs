using Router.Cluster.Local;
using Router.Postgres;

namespace Router.Agent.Operations;

/// <summary>
/// A new primary is no source for pg_rewind before its control file names the new timeline, which a checkpoint brings
/// about. This runs that checkpoint beside everything else. Owned and awaited by the cycle.
/// </summary>
public sealed class CheckpointAfterPromote(IPostgresInstance instance, Action<string> wake)
{
    private Task _task = Task.CompletedTask;

    /// <summary>True while the checkpoint has not been taken.</summary>
    public static bool IsAwaited(PostgresFacts facts) =>
        facts is { State: PostgresState.Running, IsInRecovery: false, Control: { } control }
        && control.Timeline < facts.Timeline;

    /// <summary>Begins the checkpoint where one is awaited and none runs.</summary>
    public void Ensure(PostgresFacts facts, CancellationToken aborted)
    {
        if (_task.IsCompleted && IsAwaited(facts))
        {
            _task = RunAsync(aborted);
        }
    }

    public Task WaitAsync() => _task;

    private async Task RunAsync(CancellationToken aborted)
    {
        try
        {
            var result = await instance.CheckpointAsync(aborted);
            if (result.IsSuccess)
            {
                wake("the checkpoint after promote is done");
            }
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
        {
            // The owner asked.
        }
    }
}
