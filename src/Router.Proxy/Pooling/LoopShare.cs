namespace Router.Proxy.Pooling;

/// <summary>
/// A pool's share of the connections that all event loops may have for one database and user. Each loop keeps what it has
/// opened, which costs nothing; where that leaves clients of another loop waiting much longer than its own, a connection
/// changes over, by being closed here and opened there. Used on the pool's loop only.
/// </summary>
internal sealed class LoopShare(BackendPool pool, PoolGrowth growth)
{
    /// <summary>Waits below it differ by chance, and a new connection would not help them.</summary>
    private static readonly TimeSpan WaitMin = TimeSpan.FromMilliseconds(50);

    private bool _isRecalled;

    /// <summary>
    /// The same pool of another loop may open no more: gives up a connection that is idle, or the next one that comes back.
    /// </summary>
    /// <param name="since">When the first client there began to wait; null where none does.</param>
    public void GiveUpFor(long? since)
    {
        if (pool.WaitingCount == 0 && pool.TryEvictIdle())
        {
            return;
        }

        _isRecalled |= since is { } other && IsUnfair(ElapsedSince(other), pool.OldestWait is { } own ? ElapsedSince(own) : default);
    }

    /// <summary>Why the connection that has come back is not for this loop's clients; null where it is.</summary>
    public string? TakeRecall()
    {
        if (!_isRecalled)
        {
            return null;
        }

        _isRecalled = false;
        growth.Yield();
        return "clients of another event loop have waited longer";
    }

    /// <summary>The other loop should have one of our connections. Pure.</summary>
    internal static bool IsUnfair(TimeSpan otherWait, TimeSpan ownWait) => otherWait > (2 * ownWait) + WaitMin;

    private TimeSpan ElapsedSince(long begin) => pool.Loop.Time.GetElapsedTime(begin);
}
