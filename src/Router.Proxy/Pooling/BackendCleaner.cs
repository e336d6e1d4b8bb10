namespace Router.Proxy.Pooling;

/// <summary>Says on a connection what is to be said before another client gets it, and gives it back to its pool.</summary>
internal sealed class BackendCleaner(BackendPool pool, PoolServices services)
{
    /// <summary>Asks nothing; its answer shows that everything before it is over.</summary>
    private const string Barrier = ";";

    /// <summary>Begins as soon as no cancel request for the connection is under way.</summary>
    public void CleanWhenAlone(PooledBackend backend)
    {
        if (backend is { CancelsInFlight: 0, Errands: { } errands })
        {
            backend.Errands = null;
            _ = CleanAsync(backend, errands);
        }
    }

    private async Task CleanAsync(PooledBackend backend, string[] errands)
    {
        var timeout = services.Options.Now.ServerConnectTimeout;
        string? problem = null;
        if (backend.NeedsBarrier)
        {
            // The signal may still be on its way: it hits this instead of somebody's request.
            backend.NeedsBarrier = false;
            problem = await BackendErrand.RunAsync(backend, Barrier, pool.Loop.Time, timeout, isBarrier: true);
        }

        foreach (var errand in errands)
        {
            problem ??= await BackendErrand.RunAsync(backend, errand, pool.Loop.Time, timeout);
        }

        if (problem is not null)
        {
            backend.CloseReason = problem;
        }

        pool.Return(backend);
    }

    /// <summary>It rested so long that it is looked at before a client gets it.</summary>
    public bool NeedsCheck(PooledBackend backend) =>
        pool.Options is { CheckQuery.Length: > 0 } options && pool.Loop.Time.GetElapsedTime(backend.IdleSince) is var rested
        && rested >= options.CheckDelay && rested > TimeSpan.Zero;
}
