using Router.Cluster;

namespace Router.Proxy.Pooling;

/// <summary>
/// Counts the server connections of all pools and loops against their limits. Asked when one is opened or closed, never
/// for a request. Callable from any thread.
/// </summary>
internal sealed class PoolBudget
{
    private readonly Lock _lock = new();
    private readonly Dictionary<PoolKey, int> _pools = [];
    private readonly Dictionary<string, int> _databases = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<MemberName, int> _members = [];
    private readonly Dictionary<PoolKey, int> _kept = [];

    /// <summary>Counts one more where every limit allows it.</summary>
    /// <param name="poolSize">The pool's own limit at this moment, with the reserve or without.</param>
    public BudgetVerdict TryReserve(PoolKey key, MemberName member, int poolSize, PoolOptions options)
    {
        lock (_lock)
        {
            var verdict = _pools.GetValueOrDefault(key) >= poolSize ? BudgetVerdict.PoolFull
                : IsFull(_databases.GetValueOrDefault(key.Database), options.MaxDatabaseConnections) ? BudgetVerdict.DatabaseFull
                : IsFull(_users.GetValueOrDefault(key.User), options.MaxUserConnections) ? BudgetVerdict.UserFull
                : IsFull(_members.GetValueOrDefault(member), options.MaxServerConnections) ? BudgetVerdict.MemberFull
                : BudgetVerdict.Granted;
            if (verdict == BudgetVerdict.Granted)
            {
                Count(key, member, 1);
            }

            return verdict;
        }
    }

    public void Release(PoolKey key, MemberName member)
    {
        lock (_lock)
        {
            Count(key, member, -1);
        }
    }

    /// <summary>
    /// Counts a session that keeps its connection between transactions; false where it would be the last of the pool's, which
    /// is for everybody.
    /// </summary>
    public bool TryKeep(PoolKey key, int poolSize)
    {
        lock (_lock)
        {
            var isAllowed = _kept.GetValueOrDefault(key) < poolSize - 1;
            Add(_kept, key, isAllowed ? 1 : 0);
            return isAllowed;
        }
    }

    /// <summary>A session that kept its connection does so no more.</summary>
    public void GiveUpKept(PoolKey key)
    {
        lock (_lock)
        {
            Add(_kept, key, -1);
        }
    }

    /// <summary>Server connections of the pool, over all loops.</summary>
    public int Of(PoolKey key)
    {
        lock (_lock)
        {
            return _pools.GetValueOrDefault(key);
        }
    }

    /// <summary>Server connections of the user, over all databases.</summary>
    public int OfUser(string user)
    {
        lock (_lock)
        {
            return _users.GetValueOrDefault(user);
        }
    }

    private static bool IsFull(int count, int limit) => limit > 0 && count >= limit;

    private void Count(PoolKey key, MemberName member, int change)
    {
        Add(_pools, key, change);
        Add(_databases, key.Database, change);
        Add(_users, key.User, change);
        Add(_members, member, change);
    }

    private static void Add<TKey>(Dictionary<TKey, int> counts, TKey key, int change)
        where TKey : notnull
    {
        var count = counts.GetValueOrDefault(key) + change;
        if (count == 0)
        {
            counts.Remove(key);
        }
        else
        {
            counts[key] = count;
        }
    }
}
