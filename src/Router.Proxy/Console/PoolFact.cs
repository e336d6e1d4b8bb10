using Router.Proxy.Pooling;

namespace Router.Proxy.Console;

/// <summary>What a pool of one loop is seen doing at one moment.</summary>
internal sealed record PoolFact(PoolKey Key, PoolMode Mode)
{
    /// <summary>Clients that have a server connection or ask nothing.</summary>
    public int ClientsActive { get; init; }

    public int ClientsWaiting { get; init; }

    public int ServersActive { get; init; }

    /// <summary>A cancel request for it is under way.</summary>
    public int ServersBeingCanceled { get; init; }

    public int ServersIdle { get; init; }

    /// <summary>Idle for longer than server_check_delay.</summary>
    public int ServersUsed { get; init; }

    public int ServersTested { get; init; }

    public int ServersLogin { get; init; }

    /// <summary>Clients that keep their server connection between transactions.</summary>
    public int ClientsPinned { get; init; }

    /// <summary>How long the first in the queue has waited.</summary>
    public TimeSpan MaxWait { get; init; }

    public StatsFact Stats { get; init; }

    /// <summary>From a client's coming to its greeting.</summary>
    public TimeCounts LoginTimes { get; init; } = TimeCounts.None;

    /// <summary>How long clients waited for a server connection; who got one at once counts as nothing.</summary>
    public TimeCounts WaitTimes { get; init; } = TimeCounts.None;

    /// <summary>How long clients had a server connection.</summary>
    public TimeCounts TransactionTimes { get; init; } = TimeCounts.None;

    /// <summary>From a request to the end of its answer.</summary>
    public TimeCounts QueryTimes { get; init; } = TimeCounts.None;

    /// <summary>One pool of all loops.</summary>
    public static PoolSnapshot Sum(IReadOnlyList<PoolFact> loops)
    {
        var stats = loops.Aggregate(default(StatsFact), static (sum, pool) => sum + pool.Stats);
        return new PoolSnapshot(loops[0].Key)
        {
            ClientsActive = loops.Sum(static pool => pool.ClientsActive),
            ClientsWaiting = loops.Sum(static pool => pool.ClientsWaiting),
            ServersActive = loops.Sum(static pool => pool.ServersActive),
            ServersIdle = loops.Sum(static pool => pool.ServersIdle),
            ServersUsed = loops.Sum(static pool => pool.ServersUsed),
            ServersTested = loops.Sum(static pool => pool.ServersTested + pool.ServersBeingCanceled),
            ServersLogin = loops.Sum(static pool => pool.ServersLogin),
            ClientsPinned = loops.Sum(static pool => pool.ClientsPinned),
            MaxWait = loops.Max(static pool => pool.MaxWait),
            Transactions = stats.Transactions,
            Queries = stats.Queries,
            BytesReceived = stats.BytesReceived,
            BytesSent = stats.BytesSent,
            Logins = stats.Logins,
            WaitTime = TimeSpan.FromMicroseconds(stats.WaitTime),
            TransactionTime = TimeSpan.FromMicroseconds(stats.TransactionTime),
            LoginTimes = loops.Select(static pool => pool.LoginTimes).Aggregate(TimeCounts.Add),
            WaitTimes = loops.Select(static pool => pool.WaitTimes).Aggregate(TimeCounts.Add),
            TransactionTimes = loops.Select(static pool => pool.TransactionTimes).Aggregate(TimeCounts.Add),
            QueryTimes = loops.Select(static pool => pool.QueryTimes).Aggregate(TimeCounts.Add),
        };
    }
}
