using Router.Proxy.Pooling;
using Router.Proxy.Sessions;

namespace Router.Proxy.Tests.Sessions;

public sealed class SessionTimeoutTests
{
    private static readonly PoolOptions Limits = new()
    {
        ClientIdleTimeout = TimeSpan.FromSeconds(10),
        IdleTransactionTimeout = TimeSpan.FromSeconds(5),
        QueryTimeout = TimeSpan.FromSeconds(3),
        TransactionTimeout = TimeSpan.FromSeconds(8),
    };

    private static readonly SessionActivity Silent = new(1, IsInFlight: false, IsOpen: false, IsLinked: false);
    private static readonly SessionActivity Working = new(1, IsInFlight: true, IsOpen: true, IsLinked: true);
    private static readonly SessionActivity Resting = new(1, IsInFlight: false, IsOpen: true, IsLinked: true);

    private SessionTimeouts _timeouts;

    [Fact]
    public void A_silent_client() => Expect(CutReason.ClientIdle, after: 10, Silent);

    [Fact]
    public void A_long_request() => Expect(CutReason.QueryTimedOut, after: 3, Working);

    [Fact]
    public void A_transaction_that_rests() => Expect(CutReason.IdleInTransaction, after: 5, Resting);

    [Fact]
    public void A_client_that_waits_for_a_connection_is_not_silent() =>
        Never(Silent with { IsLinked = true });

    [Fact]
    public void Nothing_is_measured_without_a_limit()
    {
        _ = Look(0, Working, new PoolOptions());
        Assert.Null(Look(1000, Working, new PoolOptions()));
    }

    [Fact]
    public void A_busy_transaction_is_too_old_in_the_end()
    {
        for (var second = 0; second < 8; second++)
        {
            Assert.Null(Look(second, Working with { Answers = second }, Limits));
        }

        Assert.Null(Look(8, Working with { Answers = 8 }, Limits));
        Assert.Equal(CutReason.TransactionTimedOut, Look(9, Working with { Answers = 8 }, Limits));
    }

    [Fact]
    public void Each_transaction_is_measured_anew()
    {
        _ = Look(0, Working, Limits);
        _ = Look(2, Silent, Limits);
        _ = Look(7, Working with { Answers = 2 }, Limits);
        Assert.Null(Look(9, Working with { Answers = 2 }, Limits));
    }

    private void Expect(CutReason reason, int after, SessionActivity activity)
    {
        Assert.Null(Look(100, activity, Limits));
        Assert.Null(Look(100 + after - 1, activity, Limits));
        Assert.Equal(reason, Look(100 + after, activity, Limits));
    }

    private void Never(SessionActivity activity)
    {
        Assert.Null(Look(0, activity, Limits));
        Assert.Null(Look(10_000, activity, Limits));
    }

    private CutReason? Look(int second, SessionActivity activity, PoolOptions options) =>
        _timeouts.Look(TimeSpan.FromSeconds(second), activity, options, options.ClientIdleTimeout);
}
