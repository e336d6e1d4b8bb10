using Router.Protocol;
using Router.Proxy.Pooling;
using Router.Proxy.Sessions;

namespace Router.Proxy.Tests.Sessions;

public sealed class ReleasePolicyTests
{
    private static readonly ReleaseFacts Quiet = new(
        CloseReason: null, IsAtRest: true, EndsByItself: false, TransactionStatus.Idle, PoolMode.Transaction, new PoolOptions());

    [Fact]
    public void A_quiet_connection_goes_back_as_it_is() => Expect([], Quiet);

    [Fact]
    public void An_open_transaction_is_rolled_back() =>
        Expect(["ROLLBACK"], Quiet with { Transaction = TransactionStatus.InFailedTransaction });

    [Fact]
    public void Session_mode_resets() => Expect(["DISCARD ALL"], Quiet with { Mode = PoolMode.Session });

    [Fact]
    public void Session_mode_resets_outside_the_transaction_that_was_open() => Expect(
        ["ROLLBACK", "DISCARD ALL"],
        Quiet with { Mode = PoolMode.Session, Transaction = TransactionStatus.InTransaction });

    [Fact]
    public void Every_mode_resets_where_that_is_asked_for() => Expect(
        ["DISCARD ALL"], Quiet with { Options = new PoolOptions { ResetQueryAlways = true } });

    [Fact]
    public void An_empty_reset_query_resets_nothing() => Expect(
        [], Quiet with { Mode = PoolMode.Session, Options = new PoolOptions { ResetQuery = "" } });

    [Fact]
    public void What_is_not_at_rest_is_closed() =>
        Assert.Equal("the client left in the middle of a request", ReleasePolicy.Decide(Quiet with { IsAtRest = false }).CloseReason);

    [Fact]
    public void What_ends_by_itself_is_ended_first() =>
        Assert.True(ReleasePolicy.Decide(Quiet with { IsAtRest = false, EndsByItself = true }).IsAbandoned);

    [Fact]
    public void A_status_that_nobody_knows_is_closed() =>
        Assert.NotNull(ReleasePolicy.Decide(Quiet with { Transaction = TransactionStatus.Unknown }).CloseReason);

    [Fact]
    public void A_reason_that_is_known_comes_first() =>
        Assert.Equal("old", ReleasePolicy.Decide(Quiet with { CloseReason = "old" }).CloseReason);

    private static void Expect(string[] errands, ReleaseFacts facts)
    {
        var decision = ReleasePolicy.Decide(facts);
        Assert.Null(decision.CloseReason);
        Assert.Equal(errands, decision.Errands);
    }
}
