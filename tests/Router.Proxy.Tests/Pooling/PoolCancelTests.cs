using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Pooling;
using Router.Testing;
using Router.Testing.Proxy;
using static Router.Testing.Proxy.PoolScript;

namespace Router.Proxy.Tests.Pooling;

/// <summary>A cancel request hits the request of the client that it names, and never another's.</summary>
public sealed class PoolCancelTests : IAsyncLifetime
{
    private readonly PoolScript _pool = new(
        new PoolOptions { Mode = PoolMode.Transaction, PoolSize = 1 });

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _pool.DisposeAsync();

    [Fact]
    public async Task It_reaches_the_backend_that_the_client_has_under_the_backends_own_key()
    {
        var (client, key, backend) = await LogInAsync();
        await client.QueryAsync("SELECT pg_sleep(1000)");
        await ExpectAsync(backend, "SELECT pg_sleep(1000)");
        using var asking = await CancelAsync(key);
        using var canceling = await _pool.Server.AcceptAsync();
        var request = CancelRequest.Parse((await canceling.TryReadPacketAsync())!)!;
        Assert.Equal(4711, request.ProcessId);
        Assert.Equal([1, 2, 3, 4], request.Key.Secret.ToArray());
    }

    [Fact]
    public async Task The_next_client_gets_the_connection_only_when_the_cancel_request_is_over()
    {
        var (client, key, backend) = await LogInAsync();
        var second = await _pool.NextAsync();
        await client.QueryAsync("SELECT pg_sleep(1000)");
        await ExpectAsync(backend, "SELECT pg_sleep(1000)");
        using var asking = await CancelAsync(key);
        var canceling = await _pool.Server.AcceptAsync();
        _ = await canceling.TryReadPacketAsync();

        // The request ends by itself before the signal comes, and somebody else wants the connection.
        await DoneAsync(backend);
        _ = await client.ReadUntilAsync('Z');
        await second.QueryAsync("SELECT 2");
        await Eventually.TrueAsync(() => _pool.Proxy.Server.Snapshot().PoolClientsWaiting == 1, "the second client waits");
        canceling.Dispose();

        // The signal hits the proxy's own query.
        await ExpectAsync(backend, ";");
        await backend.SendAsync(static writer =>
        {
            new ErrorResponse(ErrorSeverity.Error, SqlState.QueryCanceled, "canceling statement due to user request").Write(writer);
            new ReadyForQuery(TransactionStatus.Idle).Write(writer);
        });
        await AnswerAsync(backend, "SELECT 2");
        _ = await second.ReadUntilAsync('Z');
    }

    [Fact]
    public async Task A_reset_is_not_what_a_late_signal_hits()
    {
        await using var pool = new PoolScript(new PoolOptions { Mode = PoolMode.Session, PoolSize = 1 });
        var client = await pool.Proxy.ConnectAsync();
        var login = client.LogInAsync();
        var backend = await pool.OpenedAsync();
        var key = await login;
        await client.QueryAsync("SELECT 1");
        await ExpectAsync(backend, "SELECT 1");
        using var asking = await pool.Proxy.ConnectAsync();
        await asking.SendAsync(new CancelRequest(key.ProcessId, key.Key).Write);
        using (var canceling = await pool.Server.AcceptAsync())
        {
            _ = await canceling.TryReadPacketAsync();
        }

        Assert.True(await asking.IsClosedAsync());
        await DoneAsync(backend);
        _ = await client.ReadUntilAsync('Z');
        client.Dispose();
        await AnswerAsync(backend, ";");
        await AnswerAsync(backend, "DISCARD ALL");
    }

    [Fact]
    public async Task It_goes_nowhere_while_the_client_asks_nothing()
    {
        var (client, key, backend) = await LogInAsync();
        var second = await _pool.NextAsync();
        await second.QueryAsync("SELECT 2");
        await ExpectAsync(backend, "SELECT 2");
        using (var asking = await CancelAsync(key))
        {
            Assert.True(await asking.IsClosedAsync());
        }

        await DoneAsync(backend);
        _ = await second.ReadUntilAsync('Z');
        await RoundTripAsync(client, backend, "SELECT 1");
        Assert.Equal(0, _pool.Proxy.Server.Snapshot().CancelsForwardedTotal);
    }

    [Fact]
    public async Task A_request_that_waits_for_a_connection_ends_and_no_server_sees_it()
    {
        var (_, backend, second, key) = await OccupyAsync();
        await second.QueryAsync("SELECT 2");
        await CancelWaitingAsync(key);
        await ExpectCanceledAsync(second);

        // The next one is served in its turn.
        await second.QueryAsync("SELECT 3");
        await DoneAsync(backend);
        await AnswerAsync(backend, "SELECT 3");
        Assert.Equal('C', (await second.ReadAsync()).Type);
        Assert.Equal('Z', (await second.ReadAsync()).Type);
    }

    [Fact]
    public async Task Of_a_pipeline_that_waits_all_up_to_the_Sync_is_gone_and_the_rest_waits_on()
    {
        var (_, backend, second, key) = await OccupyAsync();
        await second.SendAsync(static writer =>
        {
            writer.Begin(MessageType.Parse).Text("").Text("SELECT 2").Int16(0).End();
            writer.Begin(MessageType.Flush).End();
        });
        await CancelWaitingAsync(key);
        Assert.Equal(SqlState.QueryCanceled, ErrorResponse.Parse((await second.ReadAsync()).Body)!.Code);

        // Its Sync comes late, together with another request.
        await second.SendAsync(static writer =>
        {
            new Query("SELECT 'skipped'").Write(writer);
            writer.Begin(MessageType.Sync).End();
            new Query("SELECT 3").Write(writer);
        });
        Assert.Equal('Z', (await second.ReadAsync()).Type);
        await DoneAsync(backend);
        await AnswerAsync(backend, "SELECT 3");
        _ = await second.ReadUntilAsync('Z');
    }

    [Fact]
    public async Task A_request_that_waits_and_has_come_in_part_is_skipped_when_the_rest_comes()
    {
        var (_, backend, second, key) = await OccupyAsync();
        var writer = new FrameWriter();
        new Query($"SELECT '{new string('x', 100_000)}'").Write(writer);
        await second.SendAsync(writer.Written[..7]);
        await CancelWaitingAsync(key);
        await second.SendAsync(writer.Written[7..]);
        await ExpectCanceledAsync(second);
        await second.QueryAsync("SELECT 3");
        await DoneAsync(backend);
        await AnswerAsync(backend, "SELECT 3");
        _ = await second.ReadUntilAsync('Z');
    }

    [Fact]
    public async Task In_session_mode_too_a_request_that_waits_ends()
    {
        await using var pool = new PoolScript(new PoolOptions { Mode = PoolMode.Session, PoolSize = 1 });
        var (first, backend) = await pool.FirstAsync();
        await RoundTripAsync(first, backend, "SELECT 1");
        var second = await pool.Proxy.ConnectAsync();
        var key = await second.LogInAsync();
        await second.QueryAsync("SELECT 2");
        await Eventually.TrueAsync(() => pool.Proxy.Server.Snapshot().PoolClientsWaiting == 1, "the second client waits");
        using var asking = await pool.Proxy.ConnectAsync();
        await asking.SendAsync(new CancelRequest(key.ProcessId, key.Key).Write);
        await ExpectCanceledAsync(second);
        await second.QueryAsync("SELECT 3");
        first.Dispose();
        await AnswerAsync(backend, "DISCARD ALL");
        await AnswerAsync(backend, "SELECT 3");
        _ = await second.ReadUntilAsync('Z');
    }

    [Fact]
    public async Task Of_two_that_wait_one_is_canceled()
    {
        var (_, backend, second, key) = await OccupyAsync();
        var third = await _pool.NextAsync();
        await second.QueryAsync("SELECT 2");
        await Eventually.TrueAsync(() => _pool.Proxy.Server.Snapshot().PoolClientsWaiting == 1, "the second client waits");
        await third.QueryAsync("SELECT 3");
        await Eventually.TrueAsync(() => _pool.Proxy.Server.Snapshot().PoolClientsWaiting == 2, "the third client waits");
        using var asking = await CancelAsync(key);
        await ExpectCanceledAsync(second);
        await DoneAsync(backend);
        await AnswerAsync(backend, "SELECT 3");
        _ = await third.ReadUntilAsync('Z');
    }

    [Fact]
    public async Task Every_client_has_a_key_of_its_own()
    {
        var (_, first, _) = await LogInAsync();
        using var second = await _pool.Proxy.ConnectAsync();
        var other = await second.LogInAsync();
        Assert.NotEqual((first.ProcessId, Convert.ToHexString(first.Key.Secret)), (other.ProcessId, Convert.ToHexString(other.Key.Secret)));
        Assert.True(first.ProcessId > 0 && other.ProcessId > 0);
    }

    private async Task<(WirePeer Client, BackendKeyData Key, WirePeer Backend)> LogInAsync()
    {
        var client = await _pool.Proxy.ConnectAsync();
        var login = client.LogInAsync();
        var backend = await _pool.OpenedAsync();
        return (client, await login, backend);
    }

    /// <summary>The pool's connection works for one client, and another one has logged in.</summary>
    private async Task<(WirePeer First, WirePeer Backend, WirePeer Second, BackendKeyData Key)> OccupyAsync()
    {
        var (first, _, backend) = await LogInAsync();
        var second = await _pool.Proxy.ConnectAsync();
        var key = await second.LogInAsync();
        await first.QueryAsync("SELECT 1");
        await ExpectAsync(backend, "SELECT 1");
        return (first, backend, second, key);
    }

    private async Task CancelWaitingAsync(BackendKeyData key)
    {
        await Eventually.TrueAsync(() => _pool.Proxy.Server.Snapshot().PoolClientsWaiting == 1, "the second client waits");
        using var asking = await CancelAsync(key);
        Assert.True(await asking.IsClosedAsync());
    }

    private static async Task ExpectCanceledAsync(WirePeer client)
    {
        var error = ErrorResponse.Parse((await client.ReadAsync()).Body)!;
        Assert.Equal((ErrorSeverity.Error, SqlState.QueryCanceled), (error.Severity, error.Code));
        Assert.Equal('Z', (await client.ReadAsync()).Type);
    }

    private async Task<WirePeer> CancelAsync(BackendKeyData key)
    {
        var peer = await _pool.Proxy.ConnectAsync();
        await peer.SendAsync(new CancelRequest(key.ProcessId, key.Key).Write);
        return peer;
    }
}
