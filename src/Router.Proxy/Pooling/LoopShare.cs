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

    /// <summary>So long it must have been unfair: waits of one moment say little. Who waits asks with every tick.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(150);

    /// <summary>Since when it is unfair to the clients of each loop that asks, by the loop's number.</summary>
    private readonly Dictionary<int, long> _unfairSince = [];
    private bool _isRecalled;

    /// <summary>
    /// The same pool of another loop may open no more: gives up a connection that is idle, or the next one that comes back.
    /// </summary>
    /// <param name="asking">The number of that loop.</param>
    /// <param name="since">When the first client there began to wait; null where none does.</param>
    public void GiveUpFor(int asking, long? since)
    {
        if (pool.WaitingCount == 0 && pool.TryEvictIdle())
        {
            return;
        }

        var ownWait = pool.OldestWait is { } own ? ElapsedSince(own) : TimeSpan.Zero;
        if (since is not { } other || !IsUnfair(ElapsedSince(other), ownWait))
        {
            _unfairSince.Remove(asking);
        }
        else if (!_unfairSince.TryGetValue(asking, out var begin))
        {
            _unfairSince[asking] = pool.Loop.Time.GetTimestamp();
        }
        else
        {
            _isRecalled |= ElapsedSince(begin) >= Patience;
        }
    }

    /// <summary>Why the connection that has come back is not for this loop's clients; null where it is.</summary>
    public string? TakeRecall()
    {
        if (!_isRecalled)
        {
            return null;
        }

        _isRecalled = false;
        _unfairSince.Clear();
        growth.Yield();
        return "clients of another event loop have waited longer";
    }

    /// <summary>The other loop should have one of our connections. Pure.</summary>
    internal static bool IsUnfair(TimeSpan otherWait, TimeSpan ownWait) => otherWait > (2 * ownWait) + WaitMin;

    private TimeSpan ElapsedSince(long begin) => pool.Loop.Time.GetElapsedTime(begin);
}
