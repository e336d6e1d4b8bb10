using Router.Proxy.Pooling;

namespace Router.Proxy.Sessions;

/// <summary>Adds what a session has done to its pool's statistics, whenever it gives a connection back.</summary>
internal sealed class SessionAccount(SessionState state, TimeProvider time)
{
    private long _begin;
    private long _answers;
    private long _received;
    private long _sent;
    private long _requestTicks;

    /// <summary>How long ago its last request got a server connection; null where none has yet.</summary>
    public TimeSpan? SinceBegin => _begin == 0 ? null : time.GetElapsedTime(_begin);

    /// <summary>A server connection was given to the client.</summary>
    public void Begin(PoolStats stats)
    {
        _begin = time.GetTimestamp();
        stats.Assignments++;
    }

    public void Waited(PoolStats stats, long since)
    {
        var waited = MicrosecondsSince(since);
        stats.WaitMicroseconds += waited;
        stats.WaitTimes.Add(waited);
    }

    /// <summary>The client has given it back.</summary>
    public void Count(PoolStats stats)
    {
        var lasted = MicrosecondsSince(_begin);
        stats.Transactions++;
        stats.TransactionMicroseconds += lasted;
        stats.TransactionTimes.Add(lasted);
        stats.Queries += state.Answers - _answers;
        stats.BytesReceived += state.BytesFromClient - _received;
        stats.BytesSent += state.BytesFromBackend - _sent;
        stats.QueryMicroseconds += (state.RequestTicks - _requestTicks) * 1_000_000 / time.TimestampFrequency;
        (_answers, _received, _sent) = (state.Answers, state.BytesFromClient, state.BytesFromBackend);
        _requestTicks = state.RequestTicks;
    }

    private long MicrosecondsSince(long begin) => (long)time.GetElapsedTime(begin).TotalMicroseconds;
}
