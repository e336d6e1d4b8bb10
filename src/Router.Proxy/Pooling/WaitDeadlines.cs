using Router.Protocol;
using Router.Protocol.Messages;
using Router.Proxy.Routing;

namespace Router.Proxy.Pooling;

/// <summary>How long the clients of a pool wait for a connection, and what they hear when it was too long.</summary>
internal sealed class WaitDeadlines(BackendPool pool, PoolServices services)
{
    /// <summary>Null where the client may wait on.</summary>
    public ErrorResponse? RefusalOf(PoolTicket ticket, long now)
    {
        var options = services.Options.Now;
        var queryWait = options.Pool!.QueryWaitTimeout;
        var waited = pool.Loop.Time.GetElapsedTime(ticket.Since, now);
        if (queryWait > TimeSpan.Zero && waited >= queryWait)
        {
            return ErrorResponse.Fatal(
                SqlState.TooManyConnections, "no server connection became free in time (query_wait_timeout)");
        }

        if (waited >= options.HoldTimeout && WhyNowhere() is { } reason)
        {
            services.Counters.HoldTimedOut();
            return ErrorResponse.Fatal(SqlState.CannotConnectNow, $"waited hold_timeout in vain: {reason}")
                with
            { Hint = "Try again in a moment." };
        }

        return null;
    }

    /// <summary>Why no server can be used at all; null where one can.</summary>
    private string? WhyNowhere() => services.Route(pool.Key) switch
    {
        RouteDecision.Wait wait => wait.Reason,
        RouteDecision.Reject reject => reject.Message,
        _ when pool.Backends.Count == 0 => "the chosen server takes no connections",
        _ => null,
    };
}
