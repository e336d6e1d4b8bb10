using Microsoft.Extensions.Logging;
using Router.Cluster;
using Router.Protocol;
using Router.Protocol.Messages;
using Router.Proxy.Routing;
using Router.Transport;

namespace Router.Proxy.Backends;

/// <summary>
/// Gives a client its backend: asks the policy, opens, and while there is no usable member keeps the client in the hold
/// queue. Until it returns, the client has not seen a byte, so a failed attempt costs it only time.
/// </summary>
internal sealed class BackendCheckout(
    IClusterViewSource views,
    HoldQueue holds,
    BackendOpener opener,
    MemberLoads loads,
    IBootClock clock,
    TimeProvider time,
    LiveOptions options,
    ProxyCounters counters,
    ILogger logger)
{
    /// <summary>Between two attempts on an unchanged view.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    public async Task<CheckoutOutcome> AcquireAsync(
        IConnection client, ListenerKind kind, ReadOnlyMemory<byte> startup, CancellationToken aborted)
    {
        var request = new RouteRequest(kind, options.Now.ReplicaFallbackToPrimary);
        var begin = time.GetTimestamp();
        HoldQueue.Ticket? ticket = null;
        try
        {
            while (true)
            {
                var view = views.Current;
                var left = options.Now.HoldTimeout - time.GetElapsedTime(begin);
                var attempt = await TryAsync(client.Loop, request, view, startup, left, aborted);
                if (attempt.Outcome is not null)
                {
                    return attempt.Outcome;
                }

                left = options.Now.HoldTimeout - time.GetElapsedTime(begin);
                if (left <= TimeSpan.Zero)
                {
                    counters.HoldTimedOut();
                    return Refuse($"waited hold_timeout in vain: {attempt.Reason}");
                }

                if (ticket is null)
                {
                    ticket = holds.TryEnter();
                    if (ticket is null)
                    {
                        counters.HoldQueueWasFull();
                        return Refuse($"too many clients wait already: {attempt.Reason}");
                    }

                    counters.Held(kind);
                }

                var (place, pause) = (ticket, Min(left, attempt.RetryAfter));
                if (!await ClientWatch.WaitAsync(client, over => place.WaitAsync(view.Version, pause, over), aborted))
                {
                    return new CheckoutOutcome.Abandoned();
                }
            }
        }
        finally
        {
            ticket?.Dispose();
        }
    }

    private async Task<Attempt> TryAsync(
        IEventLoop loop,
        RouteRequest request,
        RoutingView view,
        ReadOnlyMemory<byte> startup,
        TimeSpan left,
        CancellationToken aborted)
    {
        switch (RoutePolicy.Decide(request, view, loads.Of(view), clock.Now))
        {
            case RouteDecision.Use use:
                // The first attempt is never cut short by a small hold_timeout.
                var opening = await opener.OpenAsync(
                    loop, use, startup, isPassedThrough: true, options.Now.ServerConnectTimeout, aborted);
                if (opening is BackendOpening.Opened opened)
                {
                    return new Attempt(new CheckoutOutcome.Taken(opened.Backend), "", default);
                }

                var failed = (BackendOpening.Failed)opening;
                ProxyLog.BackendOpenFailed(logger, failed.Reason);
                counters.BackendOpenFailed();
                if (failed.IsStandby && use.Identity is { } identity)
                {
                    views.ReportStandby(identity);
                }

                return new Attempt(null, "the chosen server takes no connections", RetryDelay);
            case RouteDecision.Reject reject:
                return new Attempt(
                    new CheckoutOutcome.Refused(ErrorResponse.Fatal(reject.SqlState, reject.Message)), "", default);
            case RouteDecision.Wait wait:
                return new Attempt(null, wait.Reason, left);
            default:
                throw new InvalidOperationException("a route decision that nobody knows");
        }
    }

    private static CheckoutOutcome.Refused Refuse(string why) =>
        new(ErrorResponse.Fatal(SqlState.CannotConnectNow, why) with { Hint = "Try again in a moment." });

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    /// <param name="Outcome">Null where the client must wait.</param>
    /// <param name="Reason">Why it waits, in words for the client.</param>
    /// <param name="RetryAfter">When to look again although nothing changed.</param>
    private readonly record struct Attempt(CheckoutOutcome? Outcome, string Reason, TimeSpan RetryAfter);
}
