using Router.Postgres;

namespace Router.Agent.Observation;

/// <summary>Wakes the cycle when the postmaster exits, so that nothing waits for loop_wait.</summary>
public sealed class PostmasterWatch(IPostgresInstance instance, TimeProvider time, Action<string> wake)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Runs until <paramref name="stopping"/>.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await instance.WaitForExitAsync(stopping);
                wake("the postmaster has exited");
                await Task.Delay(Pause, time, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The owner asked.
        }
    }
}
