using Router.Protocol;
using Router.Protocol.Messages;
using Router.Proxy.Manners;
using Router.Proxy.Pooling;
using Router.Proxy.Sessions;
using Router.Testing.Proxy;
using static Router.Testing.Proxy.PoolScript;

namespace Router.Proxy.Tests.Manners;

/// <summary>What clients hear in the manner of PgBouncer, byte for byte.</summary>
public sealed class PersonalityTests
{
    private static readonly ProxyOptions Bouncer = new() { Personality = Personality.PgBouncer };

    [Fact]
    public async Task An_error_has_PgBouncers_three_fields_and_no_other()
    {
        await using var pool = new PoolScript(new PoolOptions(), Bouncer with { MaxClientConnections = 1 });
        _ = await pool.FirstAsync();
        using var second = await pool.Proxy.ConnectAsync();
        await second.SendAsync(new StartupMessage(ProtocolVersion.V30, [new("user", "app")]).Write);
        var error = await second.ReadUntilAsync('E');
        Assert.Equal("SFATAL\0C08P01\0Mno more connections allowed (max_client_conn)\0\0"u8, error.Body);
    }

    [Fact]
    public async Task A_client_that_waited_too_long_hears_the_name_of_the_setting()
    {
        await using var pool = new PoolScript(
            new PoolOptions { Mode = PoolMode.Transaction, PoolSize = 1, QueryWaitTimeout = TimeSpan.FromMilliseconds(1) }, Bouncer);
        var (client, backend) = await pool.FirstAsync();
        await RoundTripAsync(client, backend, "BEGIN", TransactionStatus.InTransaction);
        var other = await pool.NextAsync();
        await other.QueryAsync("SELECT 1");
        Assert.Equal(("08P01", "query_wait_timeout"), CodeAndWordsOf(await FinalErrorAsync(other)));
    }

    [Fact]
    public async Task A_client_that_waits_is_told_once()
    {
        await using var pool = new PoolScript(
            new PoolOptions { Mode = PoolMode.Transaction, PoolSize = 1, QueryWaitNotify = TimeSpan.FromMilliseconds(1) }, Bouncer);
        var (client, backend) = await pool.FirstAsync();
        await RoundTripAsync(client, backend, "BEGIN", TransactionStatus.InTransaction);
        var other = await pool.NextAsync();
        await other.QueryAsync("SELECT 1");
        var notice = ErrorResponse.Parse((await other.ReadUntilAsync('N')).Body)!;
        Assert.Equal("No server connection available in postgres backend, client being queued", notice.Message);
        await RoundTripAsync(client, backend, "COMMIT");
        await AnswerAsync(backend, "SELECT 1");
        Assert.Equal('C', (await other.ReadAsync()).Type);
    }

    [Fact]
    public async Task A_limit_of_clients_and_a_server_that_dies_have_PgBouncers_words()
    {
        await using var pool = new PoolScript(new PoolOptions { MaxUserClients = 1 }, Bouncer);
        var (client, backend) = await pool.FirstAsync();
        using var second = await pool.Proxy.ConnectAsync();
        await second.SendAsync(new StartupMessage(ProtocolVersion.V30, [new("user", "app")]).Write);
        Assert.Equal(
            ("08P01", "client connections exceeded (max_user_client_connections)"), CodeAndWordsOf(await FinalErrorAsync(second)));
        await client.QueryAsync("SELECT 1");
        await ExpectAsync(backend, "SELECT 1");
        backend.Dispose();
        Assert.Equal(("08P01", "server conn crashed?"), CodeAndWordsOf(await FinalErrorAsync(client)));
    }

    [Theory]
    [InlineData(CutReason.ClientIdle, "client_idle_timeout")]
    [InlineData(CutReason.IdleInTransaction, "idle transaction timeout")]
    [InlineData(CutReason.QueryTimedOut, "query timeout")]
    [InlineData(CutReason.TransactionTimedOut, "transaction timeout")]
    [InlineData(CutReason.LoginTimedOut, "client_login_timeout")]
    [InlineData(CutReason.DatabaseRemoved, "database removed")]
    [InlineData(CutReason.OrderedByOperator, "admin forced disconnect")]
    [InlineData(CutReason.TransactionBlock, "transaction blocks not allowed in statement pooling mode")]
    [InlineData(CutReason.PrimaryChanged, "the session's primary is no longer the primary")]
    public void A_session_that_is_cut_hears_PgBouncers_words_where_there_are_any(CutReason reason, string words)
    {
        foreach (var isInFlight in new[] { true, false })
        {
            Assert.Equal(("08P01", words), CodeAndWordsOf(CutPolicy.FinalError(reason, isInFlight, Personality.PgBouncer)));
        }
    }

    private static (string Code, string Words) CodeAndWordsOf(ErrorResponse error) => (error.Code, error.Message);
}
