namespace Router.Proxy.Pooling;

/// <summary>
/// What a pool has done, as SHOW STATS counts it: times in microseconds. Written on the pool's loop, read from anywhere.
/// </summary>
internal sealed class PoolStats
{
    public long Assignments;
    public long Transactions;
    public long Queries;
    public long BytesReceived;
    public long BytesSent;
    public long TransactionMicroseconds;
    public long QueryMicroseconds;
    public long WaitMicroseconds;
    public long Logins;

    /// <summary>From a client's coming to its greeting.</summary>
    public TimeHistogram LoginTimes { get; } = new();

    /// <summary>How long clients waited for a connection, where they did not get one at once.</summary>
    public TimeHistogram WaitTimes { get; } = new();

    /// <summary>How long clients had their connection.</summary>
    public TimeHistogram TransactionTimes { get; } = new();

    /// <summary>From a request to the end of its answer.</summary>
    public TimeHistogram QueryTimes { get; } = new();
}
