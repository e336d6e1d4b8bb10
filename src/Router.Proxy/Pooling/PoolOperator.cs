using System.Collections.Immutable;
using Router.Proxy.Sessions;

namespace Router.Proxy.Pooling;

/// <summary>
/// Owner of the operator's orders, and the one who has them carried out on every loop. Callable from any thread; orders
/// are few, so one lock keeps them in order.
/// </summary>
internal sealed class PoolOperator(TimeProvider time)
{
    /// <summary>How often it is looked whether an order has been carried out.</summary>
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private volatile PoolOrders _now = new();
    private PoolDirectories? _pools;
    private Action? _onSuspended;

    /// <summary>One volatile read.</summary>
    public PoolOrders Now => _now;

    /// <summary>Whom to tell.</summary>
    /// <param name="onSuspended">Told too where a SUSPEND begins or ends, which sessions must look at.</param>
    public void Attach(PoolDirectories pools, Action onSuspended) => (_pools, _onSuspended) = (pools, onSuspended);

    /// <summary>Replaces the orders by what <paramref name="change"/> makes of them; null: they stay, and it is false.</summary>
    public bool TryChange(Func<PoolOrders, PoolOrders?> change)
    {
        bool wasSuspended;
        lock (_lock)
        {
            if (change(_now) is not { } next)
            {
                return false;
            }

            (wasSuspended, _now) = (_now.IsSuspended, next);
        }

        _pools!.Tell(except: null, static directory => directory.OnOrders());
        if (wasSuspended != _now.IsSuspended)
        {
            _onSuspended!();
        }

        return true;
    }

    /// <summary>Waits until no server connection of these pools is left, or somebody has taken the order back.</summary>
    public Task WaitUntilClosedAsync(string? database, CancellationToken given) => WaitAsync(
        pool => IsMeant(pool, database) && (pool.Backends.Count > 0 || pool.OpeningCount > 0),
        () => database is null ? _now.IsPaused : _now.ClosesFree(database),
        given);

    /// <summary>Waits until no server connection of these pools is left that is to be closed.</summary>
    public Task WaitUntilReplacedAsync(string? database, CancellationToken given) => WaitAsync(
        pool => IsMeant(pool, database) && pool.Backends.Any(static backend => backend.CloseReason is not null),
        static () => true,
        given);

    /// <summary>Has every server connection closed as soon as nobody uses it.</summary>
    public Task ReconnectAsync(string? database) => DoAsync(
        database, static pool => pool.CloseWhenReturned("reconnect was ordered", static _ => true));

    /// <summary>Ends the clients of these pools and closes their server connections now.</summary>
    public Task EndClientsAsync(string? database, CutReason reason) => DoAsync(database, pool => pool.EndClients(reason));

    /// <summary>Ends one client; false where nobody has the number.</summary>
    public async Task<bool> EndClientAsync(long id)
    {
        var found = await _pools!.AskAsync(directory => directory.Pools
            .SelectMany(static pool => pool.Clients)
            .FirstOrDefault(client => client.Id == id) is { } client && End(client));
        return found.Contains(true);

        static bool End(PooledSession client)
        {
            client.End(CutReason.OrderedByOperator);
            return true;
        }
    }

    private Task<bool[]> DoAsync(string? database, Action<BackendPool> what) => _pools!.AskAsync(directory =>
    {
        foreach (var pool in directory.Pools.Where(pool => IsMeant(pool, database)))
        {
            what(pool);
        }

        return true;
    });

    private async Task WaitAsync(Func<BackendPool, bool> isLeft, Func<bool> isOrdered, CancellationToken given)
    {
        while (isOrdered() && (await _pools!.AskAsync(directory => directory.Pools.Any(isLeft))).Contains(true))
        {
            await Task.Delay(LookPeriod, time, given);
        }
    }

    private static bool IsMeant(BackendPool pool, string? database) => database is null || pool.Key.Database == database;
}
