using Router.Protocol;
using Router.Protocol.Messages;
using Router.Proxy.Pooling;
using Router.Testing;
using Router.Testing.Proxy;
using static Router.Testing.Proxy.PoolScript;

namespace Router.Proxy.Tests.Pooling;

/// <summary>Limits, timeouts, and servers that say no.</summary>
public sealed class PoolLimitTests
{
    private static readonly PoolOptions One = new() { Mode = PoolMode.Transaction, PoolSize = 1 };

    [Fact]
    public async Task Who_waits_longer_than_query_wait_timeout_is_refused()
    {
        await using var pool = new PoolScript(One with { QueryWaitTimeout = TimeSpan.FromMilliseconds(300) });
        var (first, backend) = await pool.FirstAsync();
        var second = await pool.NextAsync();
        await RoundTripAsync(first, backend, "BEGIN", TransactionStatus.InTransaction);
        await second.QueryAsync("SELECT 1");
        var error = await FinalErrorAsync(second);
        Assert.Equal(SqlState.TooManyConnections, error.Code);
        Assert.Contains("query_wait_timeout", error.Message, StringComparison.Ordinal);
        await RoundTripAsync(first, backend, "COMMIT");
    }

    [Fact]
    public async Task Who_finds_the_queue_full_is_refused_at_once()
    {
        await using var pool = new PoolScript(One with { QueryWaitMax = 1 });
        var (first, backend) = await pool.FirstAsync();
        var (second, third) = (await pool.NextAsync(), await pool.NextAsync());
        await RoundTripAsync(first, backend, "BEGIN", TransactionStatus.InTransaction);
        await second.QueryAsync("SELECT 2");
        await Eventually.TrueAsync(() => pool.Proxy.Server.Snapshot().PoolClientsWaiting == 1, "clients that wait");
        await third.QueryAsync("SELECT 3");
        Assert.Contains("query_wait_max", (await FinalErrorAsync(third)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_reserve_serves_who_has_waited_long()
    {
        await using var pool = new PoolScript(
            One with { ReservePoolSize = 1, ReservePoolTimeout = TimeSpan.FromMilliseconds(300) });
        var (first, backend) = await pool.FirstAsync();
        var second = await pool.NextAsync();
        await RoundTripAsync(first, backend, "BEGIN", TransactionStatus.InTransaction);
        await second.QueryAsync("SELECT 2");
        var reserve = await pool.OpenedAsync();
        await AnswerAsync(reserve, "SELECT 2");
        _ = await second.ReadUntilAsync('Z');
    }

    [Fact]
    public async Task The_minimum_is_kept_open_while_a_client_is_there()
    {
        await using var pool = new PoolScript(One with { PoolSize = 5, MinPoolSize = 3 });
        _ = await pool.FirstAsync();
        _ = await pool.OpenedAsync();
        _ = await pool.OpenedAsync();
        await Eventually.TrueAsync(() => pool.Proxy.Server.Snapshot().PoolServersIdle == 3, "idle server connections");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_idle_connection_of_another_pool_makes_way_where_a_limit_is_shared(bool isDatabaseLimit)
    {
        await using var pool = new PoolScript(
            isDatabaseLimit ? One with { MaxDatabaseConnections = 1 } : One with { MaxServerConnections = 1 });
        var client = await pool.Proxy.ConnectAsync();
        await client.SendAsync(new StartupMessage(
            ProtocolVersion.V30, [new("user", "one"), new("database", "shared")]).Write);
        var first = await pool.OpenedAsync();
        _ = await client.ReadUntilAsync('Z');

        var other = await pool.Proxy.ConnectAsync();
        await other.SendAsync(new StartupMessage(
            ProtocolVersion.V30, [new("user", "two"), new("database", "shared")]).Write);
        Assert.Equal('X', (await first.ReadAsync()).Type);
        var second = await pool.OpenedAsync();
        _ = await other.ReadUntilAsync('Z');
        await RoundTripAsync(other, second, "SELECT 1");
    }

    [Fact]
    public async Task A_login_that_the_server_refuses_is_refused_to_all_in_the_servers_words_until_it_is_tried_again()
    {
        await using var pool = new PoolScript(One);
        using var client = await pool.Proxy.ConnectAsync();
        await client.SendAsync(new StartupMessage(ProtocolVersion.V30, [new("user", "app")]).Write);
        using (var backend = await pool.Server.AcceptAsync())
        {
            _ = await backend.TryReadPacketAsync();
            await backend.SendAsync(ErrorResponse.Fatal(SqlState.InvalidCatalogName, "database \"app\" does not exist").Write);
        }

        Assert.Equal(SqlState.InvalidCatalogName, (await FinalErrorAsync(client)).Code);
        using var next = await pool.Proxy.ConnectAsync();
        await next.SendAsync(new StartupMessage(ProtocolVersion.V30, [new("user", "app")]).Write);
        Assert.Equal("database \"app\" does not exist", (await FinalErrorAsync(next)).Message);
    }

    [Fact]
    public async Task A_server_that_is_starting_is_asked_again_until_it_is_up()
    {
        await using var pool = new PoolScript(One);
        using var client = await pool.Proxy.ConnectAsync();
        var login = client.LogInAsync();
        for (var i = 0; i < 2; i++)
        {
            using var backend = await pool.Server.AcceptAsync();
            _ = await backend.TryReadPacketAsync();
            await backend.SendAsync(ErrorResponse.Fatal(SqlState.CannotConnectNow, "starting up").Write);
        }

        _ = await pool.OpenedAsync();
        _ = await login;
    }

    [Fact]
    public async Task Statement_mode_refuses_a_transaction_block_and_keeps_the_connection()
    {
        await using var pool = new PoolScript(One with { Mode = PoolMode.Statement });
        var (first, backend) = await pool.FirstAsync();
        await first.QueryAsync("BEGIN");
        await AnswerAsync(backend, "BEGIN", TransactionStatus.InTransaction);
        Assert.Equal(SqlState.FeatureNotSupported, (await FinalErrorAsync(first)).Code);
        await AnswerAsync(backend, "ROLLBACK");
        var second = await pool.NextAsync();
        await RoundTripAsync(second, backend, "SELECT 1");
    }

    [Fact]
    public async Task Session_mode_keeps_the_connection_and_cleans_it_for_the_next_client()
    {
        await using var pool = new PoolScript(One with { Mode = PoolMode.Session });
        var (first, backend) = await pool.FirstAsync();
        await RoundTripAsync(first, backend, "SELECT 1");
        var second = await pool.NextAsync();
        await second.QueryAsync("SELECT 2");
        await RoundTripAsync(first, backend, "SELECT 3");
        await first.SendAsync(static writer => writer.Begin(MessageType.Terminate).End());
        await AnswerAsync(backend, "DISCARD ALL");
        await AnswerAsync(backend, "SELECT 2");
        _ = await second.ReadUntilAsync('Z');
    }

    [Fact]
    public async Task A_connection_that_cannot_be_cleaned_is_closed()
    {
        await using var pool = new PoolScript(One with { Mode = PoolMode.Session });
        var (first, backend) = await pool.FirstAsync();
        await RoundTripAsync(first, backend, "SELECT 1");
        first.Dispose();
        await ExpectAsync(backend, "DISCARD ALL");
        await backend.SendAsync(static writer =>
        {
            new ErrorResponse(ErrorSeverity.Error, "XX000", "no").Write(writer);
            new ReadyForQuery(TransactionStatus.Idle).Write(writer);
        });
        _ = await backend.ReadUntilAsync('X');
        Assert.True(await backend.IsClosedAsync());
    }

    [Fact]
    public async Task An_old_connection_is_not_used_again()
    {
        await using var pool = new PoolScript(One with { ServerLifetime = TimeSpan.Zero });
        var (first, backend) = await pool.FirstAsync();
        Assert.Equal('X', (await backend.ReadAsync()).Type);
        await first.QueryAsync("SELECT 1");
        var other = await pool.OpenedAsync();
        await AnswerAsync(other, "SELECT 1");
        Assert.Equal('X', (await other.ReadAsync()).Type);
    }

    [Fact]
    public async Task A_connection_that_rested_is_looked_at_before_it_is_used()
    {
        await using var pool = new PoolScript(One with { CheckDelay = TimeSpan.FromMilliseconds(1), CheckQuery = "SELECT 'check'" });
        var (first, backend) = await pool.FirstAsync();
        await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        await first.QueryAsync("SELECT 1");
        await AnswerAsync(backend, "SELECT 'check'");
        await AnswerAsync(backend, "SELECT 1");
        _ = await first.ReadUntilAsync('Z');
    }

    [Fact]
    public async Task An_unused_connection_is_closed_after_server_idle_timeout()
    {
        await using var pool = new PoolScript(One with { ServerIdleTimeout = TimeSpan.FromMilliseconds(200) });
        var (_, backend) = await pool.FirstAsync();
        Assert.Equal('X', (await backend.ReadAsync()).Type);
        Assert.True(await backend.IsClosedAsync());
    }
}
