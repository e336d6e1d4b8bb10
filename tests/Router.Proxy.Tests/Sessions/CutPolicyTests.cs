using Router.Protocol;
using Router.Protocol.Messages;
using Router.Proxy.Sessions;

namespace Router.Proxy.Tests.Sessions;

public sealed class CutPolicyTests
{
    [Theory]
    [InlineData(CutReason.PrimaryChanged, false, SqlState.AdminShutdown)]
    [InlineData(CutReason.PrimaryChanged, true, SqlState.TransactionResolutionUnknown)]
    [InlineData(CutReason.BackendLost, false, SqlState.AdminShutdown)]
    [InlineData(CutReason.BackendLost, true, SqlState.TransactionResolutionUnknown)]
    [InlineData(CutReason.BackendShutDown, true, SqlState.TransactionResolutionUnknown)]
    [InlineData(CutReason.HoldTimedOut, false, SqlState.AdminShutdown)]
    [InlineData(CutReason.HoldTimedOut, true, SqlState.TransactionResolutionUnknown)]
    [InlineData(CutReason.ShuttingDown, false, SqlState.AdminShutdown)]
    [InlineData(CutReason.ShuttingDown, true, SqlState.TransactionResolutionUnknown)]
    [InlineData(CutReason.BackendMalformed, true, SqlState.TransactionResolutionUnknown)]
    [InlineData(CutReason.LoginTimedOut, false, SqlState.QueryCanceled)]
    [InlineData(CutReason.ClientMalformed, true, SqlState.ProtocolViolation)]
    public void The_code_says_whether_the_request_may_be_repeated(CutReason reason, bool isInFlight, string expected)
    {
        var error = CutPolicy.FinalError(reason, isInFlight);
        Assert.Equal((ErrorSeverity.Fatal, expected), (error.Severity, error.Code));
        Assert.NotEmpty(error.Message);
    }

    [Theory]
    [InlineData(SqlState.AdminShutdown, true, true)]
    [InlineData(SqlState.CrashShutdown, true, true)]
    [InlineData(SqlState.AdminShutdown, false, false)]
    [InlineData(SqlState.CrashShutdown, false, false)]
    [InlineData("25P03", true, false)]
    [InlineData("40001", true, false)]
    [InlineData("", true, false)]
    public void Only_a_code_that_invites_repetition_is_kept_from_a_request_in_flight(
        string sqlState, bool isInFlight, bool expected) =>
        Assert.Equal(expected, CutPolicy.MustRewrite(sqlState, isInFlight));
}
