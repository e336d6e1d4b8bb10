using System.Collections.Immutable;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Router.Proxy.Pooling;

namespace Router.Proxy.Listening;

/// <summary>How a proxy ends: nobody new comes, and those who are there leave, or are cut when that takes too long.</summary>
internal sealed class Departure(
    ImmutableArray<ClientListener> listeners, PoolOperator orders, LiveOptions options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(50);

    /// <summary>Returns when no session is left.</summary>
    public async Task RunAsync(ShutdownMode mode, CancellationToken aborted)
    {
        if (mode == ShutdownMode.Drain)
        {
            await DrainAsync(aborted);
            return;
        }

        if (mode == ShutdownMode.HandedOver)
        {
            await LeaveAsync(aborted);
            return;
        }

        // The console stays within reach of whoever is on this machine.
        foreach (var listener in listeners.Where(static listener => listener.LocalEndPoint is not UnixDomainSocketEndPoint))
        {
            await listener.CloseAsync();
        }

        orders.TryChange(now => now with { IsShuttingDown = true, IsPaused = now.IsPaused || mode == ShutdownMode.WaitForServers });
        try
        {
            await (mode switch
            {
                ShutdownMode.WaitForServers => orders.WaitUntilClosedAsync(database: null, aborted),
                ShutdownMode.WaitForClients => WaitForClientsAsync(aborted),
                _ => Task.CompletedTask,
            });
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
        {
            // A second order: at once.
        }

        await CutAsync(WhenEmpty());
    }

    private async Task WaitForClientsAsync(CancellationToken aborted)
    {
        while (listeners.Any(static listener => listener.Sessions.Any(static session => !session.IsOnConsole)))
        {
            await Task.Delay(LookPeriod, time, aborted);
        }
    }

    private async Task LeaveAsync(CancellationToken aborted)
    {
        try
        {
            await WaitForClientsAsync(aborted);
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
        {
            // An order to end, on top of it.
        }

        await CutAsync(WhenEmpty());
    }

    private async Task DrainAsync(CancellationToken aborted)
    {
        foreach (var listener in listeners)
        {
            await listener.StopAsync();
        }

        ProxyLog.Draining(logger, Left(), options.Now.DrainTimeout.TotalSeconds);
        var empty = WhenEmpty();
        try
        {
            await empty.WaitAsync(options.Now.DrainTimeout, time, aborted);
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException)
        {
            ProxyLog.DrainTimedOut(logger, Left());
            await CutAsync(empty);
        }
    }

    private async Task CutAsync(Task empty)
    {
        foreach (var listener in listeners)
        {
            await listener.StopAsync();
            listener.CutAll();
        }

        await empty;
    }

    private int Left() => listeners.Sum(static listener => listener.Sessions.Count());

    private Task WhenEmpty() => Task.WhenAll(listeners.Select(static listener => listener.WhenEmptyAsync()));
}
