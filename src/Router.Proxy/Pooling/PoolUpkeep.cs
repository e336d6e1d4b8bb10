namespace Router.Proxy.Pooling;

/// <summary>Everything that time brings to a pool: called some times a second.</summary>
internal sealed class PoolUpkeep(BackendPool pool, PoolServices services)
{
    private readonly WaitDeadlines _deadlines = new(pool, services);
    private long? _emptySince;

    public void Tick(long now)
    {
        pool.Refuse(ticket => _deadlines.RefusalOf(ticket, now));
        foreach (var client in pool.Clients)
        {
            client.Tick(pool.Options);
        }

        CloseOld(now);
        _emptySince = !IsEmpty ? null : _emptySince ?? now;
    }

    /// <summary>Nobody has used it for so long that it may be forgotten.</summary>
    public bool IsForgettable(long now)
    {
        if (_emptySince is not { } since || !IsEmpty)
        {
            return false;
        }

        var rested = pool.Loop.Time.GetElapsedTime(since, now);
        return pool.IsRemoved || IsOver(rested, pool.Options.PoolIdleTimeout)
            || (pool.Database.IsAutomatic && IsOver(rested, pool.Options.AutoDatabaseIdleTimeout));
    }

    /// <summary>Nobody uses it and it has nothing.</summary>
    private bool IsEmpty => pool.Clients.Count == 0 && pool.Backends.Count == 0 && pool.OpeningCount == 0;

    /// <summary>Server connections to keep where nobody asks for them: for a client, or for a user who always logs in.</summary>
    public static int WantedMin(BackendPool pool) =>
        pool.Clients.Count > 0 || pool.Database.Target.User is not null ? pool.Options.MinPoolSize : 0;

    private void CloseOld(long now)
    {
        var options = pool.Options;
        foreach (var backend in pool.Idle.ToArray())
        {
            if ((Expired(backend) ?? WhyUnwanted(backend)) is { } reason)
            {
                pool.Close(backend, reason);
            }
            else if (pool.Backends.Count > WantedMin(pool)
                && IsOver(pool.Loop.Time.GetElapsedTime(backend.IdleSince, now), options.ServerIdleTimeout))
            {
                pool.Close(backend, "server_idle_timeout");
            }
        }
    }

    /// <summary>A replication connection is opened for somebody; it may be that he has left meanwhile.</summary>
    private string? WhyUnwanted(PooledBackend backend) =>
        backend.Profile.IsReplication && !pool.Waiters.Any(ticket => ticket.Profile.Equals(backend.Profile))
            ? "nobody waits for it"
            : null;

    private static bool IsOver(TimeSpan lasted, TimeSpan limit) => limit > TimeSpan.Zero && lasted >= limit;

    /// <summary>Why it is too old to be used again; null where it is not.</summary>
    public string? Expired(PooledBackend backend) => backend.WhyUsedUp is { } usedUp ? usedUp
        : (backend.HasServed || pool.Options.ServerLifetime > TimeSpan.Zero)
        && pool.Loop.Time.GetElapsedTime(backend.CreatedAt) >= pool.Options.ServerLifetime ? "server_lifetime" : null;
}
