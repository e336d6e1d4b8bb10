using Microsoft.Extensions.Logging;

namespace Router.Dcs.Supervision;

/// <summary>
/// A supervised etcd of one node: started, watched, started again when it dies, stopped cleanly. It lives as long as
/// <see cref="RunAsync"/>.
/// </summary>
public sealed class EtcdChild(EtcdChildSettings settings, TimeProvider time, ILogger<EtcdChild> logger)
{
    private static readonly TimeSpan HealthInterval = TimeSpan.FromMilliseconds(50);

    // A life longer than this was no failed start, and the next delay is the first one again.
    private static readonly TimeSpan LongLife = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Runs until <paramref name="stopping"/>, then stops etcd and returns.
    /// </summary>
    /// <param name="serving">Called once, when etcd first answers as healthy.</param>
    /// <exception cref="EtcdChildException">The first start failed.</exception>
    public async Task RunAsync(Action serving, CancellationToken stopping)
    {
        var program = EtcdChildChecks.Require(settings);
        var process = await StartAsync(program, stopping);
        try
        {
            if (process is not null)
            {
                serving();
            }

            var delay = settings.RestartDelay;
            while (process is not null && !stopping.IsCancellationRequested)
            {
                var startedAt = time.GetTimestamp();
                if (!await EndsByItselfAsync(process, stopping))
                {
                    break;
                }

                delay = time.GetElapsedTime(startedAt) > LongLife ? settings.RestartDelay : delay;
                DcsLog.ChildEnded(logger, process.ExitCode, delay.TotalSeconds);
                process.Dispose();
                process = null;
                process = await RestartAsync(program, delay, stopping);
                delay = Longer(delay);
            }
        }
        finally
        {
            if (process is not null)
            {
                await process.StopAsync(settings.StopBound, time);
                DcsLog.ChildStopped(logger, process.Pid);
                process.Dispose();
            }
        }
    }

    /// <summary>Tries until etcd serves again; null when it is time to stop.</summary>
    private async Task<EtcdProcess?> RestartAsync(string program, TimeSpan delay, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await Task.Delay(delay, time, stopping);
                return await StartAsync(program, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return null;
            }
            catch (EtcdChildException error)
            {
                DcsLog.ChildNotRestarted(logger, error.Message);
                delay = Longer(delay);
            }
        }
    }

    /// <summary>Starts etcd and waits until it is healthy; null when it is time to stop.</summary>
    private async Task<EtcdProcess?> StartAsync(string program, CancellationToken stopping)
    {
        var process = EtcdProcess.Start(program, settings);
        try
        {
            await WaitUntilHealthyAsync(process, stopping);
            DcsLog.ChildServes(logger, process.Pid, settings.ClientUrl, settings.DataDirectory);
            return process;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await process.StopAsync(settings.StopBound, time);
            process.Dispose();
            return null;
        }
        catch (EtcdChildException)
        {
            await process.StopAsync(settings.StopBound, time);
            process.Dispose();
            throw;
        }
    }

    private async Task WaitUntilHealthyAsync(EtcdProcess process, CancellationToken stopping)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var health = new Uri(settings.ClientUrl, "/health");
        var startedAt = time.GetTimestamp();
        while (!await IsHealthyAsync(client, health, stopping))
        {
            if (process.HasExited)
            {
                await process.WaitForExitAsync(stopping);
                throw new EtcdChildException(
                    $"etcd ended at once with exit code {process.ExitCode}: {process.LastWords} (see {settings.LogFile})");
            }

            if (time.GetElapsedTime(startedAt) > settings.StartBound)
            {
                throw new EtcdChildException(
                    $"etcd at {settings.ClientUrl.Authority} did not become healthy within "
                    + $"{settings.StartBound.TotalSeconds:0} s; see {settings.LogFile}");
            }

            await Task.Delay(HealthInterval, time, stopping);
        }
    }

    private async Task<bool> IsHealthyAsync(HttpClient client, Uri health, CancellationToken stopping)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(2), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, bound.Token);
        try
        {
            var body = await client.GetStringAsync(health, either.Token);
            return body.Contains("\"health\":\"true\"", StringComparison.Ordinal);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            stopping.ThrowIfCancellationRequested();
            return false;
        }
    }

    private static async Task<bool> EndsByItselfAsync(EtcdProcess process, CancellationToken stopping)
    {
        try
        {
            await process.WaitForExitAsync(stopping);
            return true;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    private TimeSpan Longer(TimeSpan delay) =>
        delay * 2 < settings.RestartDelayMax ? delay * 2 : settings.RestartDelayMax;
}
