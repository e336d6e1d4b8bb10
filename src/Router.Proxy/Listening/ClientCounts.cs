namespace Router.Proxy.Listening;

/// <summary>Counts clients that have logged in, by database and by user, against their limits. Callable from any thread.</summary>
internal sealed class ClientCounts
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _databases = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _users = new(StringComparer.Ordinal);

    /// <summary>Counts one more where neither limit is reached; else says which is. Zero is no limit.</summary>
    public ClientLimitVerdict TryEnter(string database, int databaseMax, string user, int userMax)
    {
        lock (_lock)
        {
            if (IsFull(_databases, database, databaseMax))
            {
                return ClientLimitVerdict.DatabaseFull;
            }

            if (IsFull(_users, user, userMax))
            {
                return ClientLimitVerdict.UserFull;
            }

            Add(_databases, database, 1);
            Add(_users, user, 1);
            return ClientLimitVerdict.Granted;
        }
    }

    public void Leave(string database, string user)
    {
        lock (_lock)
        {
            Add(_databases, database, -1);
            Add(_users, user, -1);
        }
    }

    public int OfDatabase(string database)
    {
        lock (_lock)
        {
            return _databases.GetValueOrDefault(database);
        }
    }

    public int OfUser(string user)
    {
        lock (_lock)
        {
            return _users.GetValueOrDefault(user);
        }
    }

    private static bool IsFull(Dictionary<string, int> counts, string name, int max) =>
        max > 0 && counts.GetValueOrDefault(name) >= max;

    private static void Add(Dictionary<string, int> counts, string name, int change)
    {
        var count = counts.GetValueOrDefault(name) + change;
        if (count == 0)
        {
            counts.Remove(name);
        }
        else
        {
            counts[name] = count;
        }
    }
}
