namespace Router.Hosting;

/// <summary>Answers SIGHUP until the process ends, and tells the service manager when a reload begins and ends.</summary>
internal static class ReloadLoop
{
    public static async Task RunAsync(Func<CancellationToken, Task> reload, SdNotify notify, ProcessSignals signals)
    {
        var stopping = signals.Stopping;
        try
        {
            while (true)
            {
                await signals.WaitForReloadAsync(stopping);
                notify.Reloading();
                await reload(stopping);
                notify.Ready();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The process ends.
        }
    }
}
