using Router.Proxy.Pooling;

namespace Router.Proxy;

/// <summary>
/// One pool of all loops at one moment, for metrics. Counts are of now, totals only grow while the pool lives; names as
/// in the console.
/// </summary>
public sealed record PoolSnapshot(PoolKey Key)
{
    /// <summary>Clients that have a server connection or ask nothing.</summary>
    public int ClientsActive { get; init; }

    public int ClientsWaiting { get; init; }

    public int ServersActive { get; init; }

    public int ServersIdle { get; init; }

    /// <summary>Idle for longer than server_check_delay.</summary>
    public int ServersUsed { get; init; }

    /// <summary>Being reset or checked, or kept from use by a cancel request.</summary>
    public int ServersTested { get; init; }

    public int ServersLogin { get; init; }

    /// <inheritdoc cref="Console.PoolFact.ClientsPinned"/>
    public int ClientsPinned { get; init; }

    /// <summary>How long the first in the queue has waited.</summary>
    public TimeSpan MaxWait { get; init; }

    public long Transactions { get; init; }

    public long Queries { get; init; }

    public long BytesReceived { get; init; }

    public long BytesSent { get; init; }

    public long Logins { get; init; }

    /// <summary>Waiting for server connections, all clients together.</summary>
    public TimeSpan WaitTime { get; init; }

    /// <summary>Server connections in the hands of clients.</summary>
    public TimeSpan TransactionTime { get; init; }

    /// <inheritdoc cref="Console.PoolFact.LoginTimes"/>
    public TimeCounts LoginTimes { get; init; } = TimeCounts.None;

    /// <inheritdoc cref="Console.PoolFact.WaitTimes"/>
    public TimeCounts WaitTimes { get; init; } = TimeCounts.None;

    /// <inheritdoc cref="Console.PoolFact.TransactionTimes"/>
    public TimeCounts TransactionTimes { get; init; } = TimeCounts.None;

    /// <inheritdoc cref="Console.PoolFact.QueryTimes"/>
    public TimeCounts QueryTimes { get; init; } = TimeCounts.None;
}
