using Router.Protocol;
using Router.Protocol.Messages;
using Router.Proxy.Pooling;
using Router.Testing;
using Router.Testing.Proxy;
using static Router.Testing.Proxy.PoolScript;

namespace Router.Proxy.Tests.Pooling;

/// <summary>One server connection for many clients, a transaction at a time.</summary>
public sealed class TransactionPoolTests : IAsyncLifetime
{
    private readonly PoolScript _pool = new(new PoolOptions { Mode = PoolMode.Transaction, PoolSize = 1 });

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _pool.DisposeAsync();

    [Fact]
    public async Task Clients_share_a_server_connection()
    {
        var (first, backend) = await _pool.FirstAsync();
        var second = await _pool.NextAsync();
        foreach (var client in new[] { first, second, first, second })
        {
            await RoundTripAsync(client, backend, "SELECT 1");
        }
    }

    [Fact]
    public async Task A_transaction_keeps_its_server_connection_and_who_asks_meanwhile_waits()
    {
        var (first, backend) = await _pool.FirstAsync();
        var second = await _pool.NextAsync();
        await RoundTripAsync(first, backend, "BEGIN", TransactionStatus.InTransaction);
        await second.QueryAsync("SELECT 2");
        await RoundTripAsync(first, backend, "SELECT 1", TransactionStatus.InFailedTransaction);
        await RoundTripAsync(first, backend, "ROLLBACK");
        await AnswerAsync(backend, "SELECT 2");
        _ = await second.ReadUntilAsync('Z');
    }

    [Fact]
    public async Task Who_waits_is_served_in_the_order_of_asking()
    {
        var (first, backend) = await _pool.FirstAsync();
        var others = new List<WirePeer>();
        await RoundTripAsync(first, backend, "BEGIN", TransactionStatus.InTransaction);
        for (var i = 0; i < 5; i++)
        {
            others.Add(await _pool.NextAsync());
            await others[i].QueryAsync($"SELECT {i}");
            var waiting = i + 1;
            await Eventually.TrueAsync(() => _pool.Proxy.Server.Snapshot().PoolClientsWaiting == waiting, "clients that wait");
        }

        await RoundTripAsync(first, backend, "COMMIT");
        for (var i = 0; i < 5; i++)
        {
            await AnswerAsync(backend, $"SELECT {i}");
            _ = await others[i].ReadUntilAsync('Z');
        }
    }

    [Fact]
    public async Task A_pipeline_keeps_its_server_connection_until_all_of_it_is_answered()
    {
        var (first, backend) = await _pool.FirstAsync();
        var second = await _pool.NextAsync();
        await first.SendAsync(writer =>
        {
            new Query("SELECT 1").Write(writer);
            new Query("SELECT 2").Write(writer);
        });
        await ExpectAsync(backend, "SELECT 1");
        await second.QueryAsync("SELECT 3");
        await DoneAsync(backend);
        await AnswerAsync(backend, "SELECT 2");
        await AnswerAsync(backend, "SELECT 3");
        _ = await second.ReadUntilAsync('Z');
    }

    [Fact]
    public async Task A_run_without_its_Sync_keeps_the_server_connection()
    {
        var (first, backend) = await _pool.FirstAsync();
        var second = await _pool.NextAsync();
        await first.SendAsync(writer =>
        {
            new Query("SELECT 1").Write(writer);
            writer.Begin(MessageType.Parse).Text("").Text("SELECT 2").Int16(0).End();
        });
        await AnswerAsync(backend, "SELECT 1");
        _ = await backend.ReadUntilAsync('P');
        await second.QueryAsync("SELECT 3");
        await first.SendAsync(static writer => writer.Begin(MessageType.Sync).End());
        _ = await backend.ReadUntilAsync('S');
        await DoneAsync(backend);
        await AnswerAsync(backend, "SELECT 3");
    }

    [Fact]
    public async Task What_comes_late_after_a_failed_copy_needs_no_server_connection()
    {
        var (first, backend) = await _pool.FirstAsync();
        var second = await _pool.NextAsync();
        await RoundTripAsync(first, backend, "BEGIN", TransactionStatus.InTransaction);
        await second.SendAsync(static writer =>
        {
            writer.Begin(MessageType.CopyData).Bytes(new byte[300_000]).End();
            writer.Begin(MessageType.CopyDone).End();
            writer.Begin(MessageType.Flush).End();
            writer.Begin(MessageType.Sync).End();
        });
        var ready = await second.ReadUntilAsync('Z');
        Assert.Equal("I"u8.ToArray(), ready.Body);
        await RoundTripAsync(first, backend, "COMMIT");
        await RoundTripAsync(second, backend, "SELECT 1");
    }

    [Fact]
    public async Task The_transaction_of_a_client_that_leaves_is_rolled_back_and_the_connection_used_again()
    {
        var (first, backend) = await _pool.FirstAsync();
        var second = await _pool.NextAsync();
        await RoundTripAsync(first, backend, "BEGIN", TransactionStatus.InTransaction);
        await first.SendAsync(static writer => writer.Begin(MessageType.Terminate).End());
        await second.QueryAsync("SELECT 1");
        await AnswerAsync(backend, "ROLLBACK");
        await AnswerAsync(backend, "SELECT 1");
        _ = await second.ReadUntilAsync('Z');
    }

    [Fact]
    public async Task The_request_of_a_client_that_leaves_is_cancelled_and_the_connection_used_again()
    {
        var (first, backend) = await _pool.FirstAsync();
        var second = await _pool.NextAsync();
        await RoundTripAsync(first, backend, "BEGIN", TransactionStatus.InTransaction);
        await first.QueryAsync("SELECT pg_sleep(1000)");
        await ExpectAsync(backend, "SELECT pg_sleep(1000)");
        await second.QueryAsync("SELECT 2");
        first.Dispose();
        using (var canceling = await _pool.Server.AcceptAsync())
        {
            var request = CancelRequest.Parse((await canceling.TryReadPacketAsync())!)!;
            Assert.Equal(4711, request.ProcessId);
        }

        await backend.SendAsync(static writer =>
        {
            writer.Begin(MessageType.DataRow).Bytes(new byte[200_000]).End();
            new ErrorResponse(ErrorSeverity.Error, SqlState.QueryCanceled, "canceling statement due to user request").Write(writer);
            new ReadyForQuery(TransactionStatus.InFailedTransaction).Write(writer);
        });
        await AnswerAsync(backend, ";");
        await AnswerAsync(backend, "ROLLBACK");
        await AnswerAsync(backend, "SELECT 2");
        _ = await second.ReadUntilAsync('Z');
    }

    [Fact]
    public async Task The_connection_of_a_client_that_leaves_in_the_middle_of_a_message_is_closed()
    {
        var (first, backend) = await _pool.FirstAsync();
        await first.SendAsync(static writer => new Query(new string('x', 1000)).Write(writer));
        _ = await backend.ReadUntilAsync('Q');
        await DoneAsync(backend);
        _ = await first.ReadUntilAsync('Z');
        // Longer than what is kept back to be read as a whole.
        await first.SendAsync(new byte[] { MessageType.Query, 0, 0, 0x40, 0, (byte)'S' });
        first.Dispose();
        Assert.Equal('Q', (char)await backend.ReadByteAsync());
        for (var i = 0; i < 5; i++)
        {
            _ = await backend.ReadByteAsync();
        }

        Assert.True(await backend.IsClosedAsync());
        var second = await _pool.NextAsync();
        await second.QueryAsync("SELECT 1");
        var other = await _pool.OpenedAsync();
        await AnswerAsync(other, "SELECT 1");
        _ = await second.ReadUntilAsync('Z');
    }

    [Fact]
    public async Task A_client_that_waits_and_leaves_takes_nothing_with_it()
    {
        var (first, backend) = await _pool.FirstAsync();
        var (second, third) = (await _pool.NextAsync(), await _pool.NextAsync());
        await RoundTripAsync(first, backend, "BEGIN", TransactionStatus.InTransaction);
        await second.QueryAsync("SELECT 2");
        await Eventually.TrueAsync(() => _pool.Proxy.Server.Snapshot().PoolClientsWaiting == 1, "clients that wait");
        await third.QueryAsync("SELECT 3");
        second.Dispose();
        await RoundTripAsync(first, backend, "COMMIT");
        await AnswerAsync(backend, "SELECT 3");
        _ = await third.ReadUntilAsync('Z');
    }

    [Fact]
    public async Task A_connection_that_the_server_ended_while_nobody_used_it_is_replaced_unseen()
    {
        var (first, backend) = await _pool.FirstAsync();
        await RoundTripAsync(first, backend, "SELECT 1");
        await backend.SendAsync(ErrorResponse.Fatal(SqlState.AdminShutdown, "terminating").Write);
        backend.Dispose();
        await Eventually.TrueAsync(() => _pool.Proxy.Server.Snapshot().PoolServersIdle == 0, "idle server connections");
        await first.QueryAsync("SELECT 2");
        var other = await _pool.OpenedAsync();
        await AnswerAsync(other, "SELECT 2");
        _ = await first.ReadUntilAsync('Z');
    }

    [Fact]
    public async Task A_client_whose_server_connection_breaks_in_a_request_hears_that_the_outcome_is_unknown()
    {
        var (first, backend) = await _pool.FirstAsync();
        await first.QueryAsync("COMMIT");
        await ExpectAsync(backend, "COMMIT");
        backend.Dispose();
        Assert.Equal(SqlState.TransactionResolutionUnknown, (await FinalErrorAsync(first)).Code);
    }
}
