using Router.Proxy.Pooling;

namespace Router.Proxy.Sessions;

/// <summary>
/// Measures how long a session has been in the state in which it is seen, by looking at it some times a second: requests
/// themselves pay nothing for it, and a timeout comes late by one look at most. Pure but for what it remembers.
/// </summary>
internal struct SessionTimeouts
{
    private SessionActivity _seen;
    private TimeSpan _since;
    private TimeSpan _openSince;

    /// <summary>Why the session is to be ended now; null where it goes on.</summary>
    /// <param name="clientIdle">The client's own <c>client_idle_timeout</c>.</param>
    public CutReason? Look(TimeSpan now, SessionActivity activity, PoolOptions options, TimeSpan clientIdle)
    {
        if (activity != _seen)
        {
            if (activity.IsOpen && !_seen.IsOpen)
            {
                _openSince = now;
            }

            (_seen, _since) = (activity, now);
            return null;
        }

        var lasted = now - _since;
        return activity switch
        {
            { IsOpen: true } when IsOver(now - _openSince, options.TransactionTimeout) => CutReason.TransactionTimedOut,
            { IsInFlight: true } when IsOver(lasted, options.QueryTimeout) => CutReason.QueryTimedOut,
            { IsInFlight: false, IsOpen: true } when IsOver(lasted, options.IdleTransactionTimeout) =>
                CutReason.IdleInTransaction,
            { IsOpen: false, IsLinked: false } when IsOver(lasted, clientIdle) => CutReason.ClientIdle,
            _ => null,
        };
    }

    private static bool IsOver(TimeSpan lasted, TimeSpan limit) => limit > TimeSpan.Zero && lasted >= limit;
}
