using Router.Protocol.Messages;
using Router.Proxy.Manners;
using Router.Proxy.Routing;

namespace Router.Proxy.Pooling;

/// <summary>How long the clients of a pool wait for a connection, and what they hear when it was too long.</summary>
internal sealed class WaitDeadlines(BackendPool pool, PoolServices services)
{
    /// <summary>Null where the client may wait on.</summary>
    public ErrorResponse? RefusalOf(PoolTicket ticket, long now)
    {
        var queryWait = ticket.QueryWaitTimeout ?? pool.Options.QueryWaitTimeout;
        var waited = pool.Loop.Time.GetElapsedTime(ticket.Since, now);
        if (queryWait > TimeSpan.Zero && waited >= queryWait)
        {
            return Refusals.QueryWait.In(services.Options.Now.Personality);
        }

        // What an operator holds up is not the cluster's fault.
        var inVain = pool.Loop.Time.GetElapsedTime(Math.Max(ticket.Since, pool.ReleasedAt), now);
        if (!pool.IsHeld && inVain >= services.Options.Now.HoldTimeout && WhyNowhere() is { } reason)
        {
            services.Counters.HoldTimedOut();
            return Refusals.HoldTimedOut(reason).In(services.Options.Now.Personality);
        }

        return null;
    }

    /// <summary>Why no server can be used at all; null where one can.</summary>
    private string? WhyNowhere() => services.Route(pool) switch
    {
        RouteDecision.Wait wait => wait.Reason,
        RouteDecision.Reject reject => reject.Message,
        _ when pool.Backends.Count == 0 => "the chosen server takes no connections",
        _ => null,
    };
}
