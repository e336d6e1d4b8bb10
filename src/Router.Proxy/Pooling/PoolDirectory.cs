using System.Collections.Concurrent;
using Router.Proxy.Manners;
using Router.Proxy.Routing;
using Router.Transport;

namespace Router.Proxy.Pooling;

/// <summary>
/// All pools of one loop. Owner of their clock, and of the fairness between them: room that becomes free goes to the pool
/// whose first client has waited longest. Used on its loop only, but where another word is said.
/// </summary>
internal sealed class PoolDirectory(IEventLoop loop, PoolServices services, PoolDirectories all)
{
    private static readonly TimeSpan TickPeriod = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<PoolKey, BackendPool> _pools = new();
    private ITimer? _ticking;
    private bool _isRoomAnnounced;

    /// <summary>From any thread, for a look at them.</summary>
    public ICollection<BackendPool> Pools => _pools.Values;

    public IEventLoop Loop => loop;

    public BackendPool Get(PoolKey key, DatabaseOptions database)
    {
        _ticking ??= loop.Time.CreateTimer(
            static directory => ((PoolDirectory)directory!).Tick(), this, TickPeriod, TickPeriod);
        if (!_pools.TryGetValue(key, out var pool))
        {
            pool = new BackendPool(key, database, loop, services, this);
            _pools[key] = pool;
        }

        return pool;
    }

    /// <summary>A connection was closed: somebody who waits for room may have it. Not at once, so that nothing nests.</summary>
    public void OnRoom()
    {
        AnnounceRoom();
        all.Tell(this, static directory => directory.AnnounceRoom());
    }

    /// <summary>Closes an idle connection of another pool that keeps this one from opening; false where there is none.</summary>
    public bool TryMakeRoom(BackendPool pool, BudgetVerdict verdict)
    {
        BackendPool? oldest = null;
        foreach (var other in _pools.Values)
        {
            if (other != pool && other.WaitingCount == 0 && IsInTheWay(other.Key, pool.Key, verdict)
                && other.OldestIdle is { } rested && (oldest is null || rested < oldest.OldestIdle))
            {
                oldest = other;
            }
        }

        return oldest?.TryEvictIdle() ?? false;
    }

    /// <summary>
    /// Asks the other loops for a connection of the same pool: a limit is shared by all of them.
    /// </summary>
    /// <param name="since">When the first client here began to wait; null where it is not for a client.</param>
    public void AskOthers(PoolKey key, long? since) => all.Tell(this, directory => directory.GiveUp(loop.Index, key, since));

    public void OnViewChanged()
    {
        foreach (var pool in ByWaiting())
        {
            pool.OnViewChanged();
        }
    }

    public void OnOrders()
    {
        foreach (var pool in ByWaiting())
        {
            pool.OnOrders();
        }
    }

    /// <summary>Has every server connection closed as soon as nobody uses it.</summary>
    public void Reconnect(string reason)
    {
        foreach (var pool in Pools)
        {
            pool.CloseWhenReturned(reason, static _ => true);
        }
    }

    /// <summary>The options changed. Pools that are to be there without a client are made on the first loop.</summary>
    public void Reconfigure()
    {
        foreach (var pool in _pools.Values)
        {
            pool.Reconfigure();
        }

        var databases = loop.Index == 0 && services.Options.Now.Pool is { } pooling ? pooling.Databases.Databases : [];
        foreach (var database in databases)
        {
            if (database.Target.User is { } user && services.Options.Now.Pool!.For(database, user).MinPoolSize > 0)
            {
                _ = Get(new PoolKey(ListenerKind.Primary, database.Name, user), database);
            }
        }
    }

    public void Shut()
    {
        _ticking?.Dispose();
        var refusal = Refusals.ShuttingDown.In(services.Options.Now.Personality);
        foreach (var pool in _pools.Values)
        {
            pool.Shut(refusal);
        }
    }

    private static bool IsInTheWay(PoolKey other, PoolKey wanting, BudgetVerdict verdict) => verdict switch
    {
        BudgetVerdict.DatabaseFull => other.Database == wanting.Database,
        BudgetVerdict.UserFull => other.User == wanting.User,
        _ => true,
    };

    private void GiveUp(int asking, PoolKey key, long? since)
    {
        if (_pools.TryGetValue(key, out var pool))
        {
            pool.Share.GiveUpFor(asking, since);
        }
    }

    private void AnnounceRoom()
    {
        if (_isRoomAnnounced)
        {
            return;
        }

        _isRoomAnnounced = true;
        loop.Post(
            static state =>
            {
                var directory = (PoolDirectory)state!;
                directory._isRoomAnnounced = false;
                foreach (var pool in directory.ByWaiting())
                {
                    pool.OnRoom();
                }
            },
            this);
    }

    private void Tick()
    {
        foreach (var pool in ByWaiting())
        {
            if (!pool.Tick())
            {
                _pools.TryRemove(pool.Key, out _);
            }
        }
    }

    /// <summary>The pool whose first client has waited longest comes first.</summary>
    private List<BackendPool> ByWaiting() => [.. _pools.Values.OrderBy(static pool => pool.OldestWait ?? long.MaxValue)];
}
