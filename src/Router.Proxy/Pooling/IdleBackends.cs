namespace Router.Proxy.Pooling;

/// <summary>The free server connections of a pool: which is used next, and what they say meanwhile.</summary>
internal sealed class IdleBackends(BackendPool pool, PoolServices services, BackendCleaner cleaner)
{
    private readonly List<PooledBackend> _all = [];

    public IReadOnlyList<PooledBackend> All => _all;

    public int Count => _all.Count;

    /// <summary>The one that rested longest; null where none is free.</summary>
    public PooledBackend? Oldest => _all.MinBy(static backend => backend.IdleSince);

    public void Add(PooledBackend backend)
    {
        backend.IdleSince = pool.Loop.Time.GetTimestamp();
        _all.Add(backend);
        backend.Connection.Watch(backend);
    }

    public void Remove(PooledBackend backend) => _all.Remove(backend);

    /// <summary>One with this profile that works and may be used now; it is lent from here on.</summary>
    public PooledBackend? Take(StartupProfile profile)
    {
        var isRoundRobin = pool.Options.RoundRobin;
        for (var left = _all.Count; left > 0; left--)
        {
            var at = isRoundRobin ? _all.Count - left : left - 1;
            if (at >= _all.Count)
            {
                continue;
            }

            var backend = _all[at];
            if (!backend.Profile.Equals(profile))
            {
                continue;
            }

            if (!services.Gate.IsOpenFor(backend.Backend.Identity))
            {
                return null;
            }

            if (!IsQuiet(backend))
            {
                // It is closed, and the list one shorter.
                continue;
            }

            _all.RemoveAt(at);
            if (cleaner.NeedsCheck(backend))
            {
                backend.State = PooledBackendState.Tested;
                backend.Errands = [pool.Options.CheckQuery];
                cleaner.CleanWhenAlone(backend);
                continue;
            }

            backend.State = PooledBackendState.Active;
            backend.HasServed = true;
            return backend;
        }

        return null;
    }

    /// <summary>It has something to say: a changed setting, a remark, or its end.</summary>
    public void OnReadable(PooledBackend backend)
    {
        if (backend.State == PooledBackendState.Idle)
        {
            _ = IsQuiet(backend);
        }
    }

    /// <summary>Hears what it has to say; false where that was its end.</summary>
    private bool IsQuiet(PooledBackend backend)
    {
        if (backend.Connection.IsReadReady && IdleChatter.Read(backend) is { } ended)
        {
            pool.Close(backend, ended);
            return false;
        }

        return true;
    }
}
