using System.Buffers;
using System.Net.Sockets;
using System.Text;
using Router.Transport.Loops;

namespace Router.Transport.Tests;

/// <summary>What every back end promises of one connection.</summary>
public abstract class ConnectionContract : IAsyncLifetime
{
    private readonly TransportHarness _harness;

    protected ConnectionContract(TransportKind kind, bool isTls = false)
    {
        var settings = new TransportSettings
        {
            Kind = kind,
            CloseTimeout = TimeSpan.FromMilliseconds(200),
            InputMaxBytes = 64 * 1024,
        };
        _harness = new TransportHarness(settings, isTls);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [TransportFact]
    public async Task Bytes_leave_in_the_order_they_were_written()
    {
        var (connection, peer) = await _harness.AcceptAsync();
        var pattern = Bytes.Pattern(300_000);
        var sent = _harness.OnLoop(async () =>
        {
            // Small pieces by GetSpan, large borrowed ones, and mixtures without a flush in between.
            var position = 0;
            for (var turn = 0; position < pattern.Length; turn++)
            {
                var length = Math.Min(pattern.Length - position, (turn * 977 % 20_000) + 1);
                var piece = pattern.AsMemory(position, length);
                position += length;
                if (turn % 3 == 0)
                {
                    connection.Output.Write(piece.Span);
                }
                else
                {
                    _ = await connection.Output.WriteAsync(piece);
                }
            }

            _ = await connection.Output.FlushAsync();
        });
        Assert.Equal(pattern, await Bytes.ReceiveExactlyAsync(peer, pattern.Length));
        await sent;
    }

    [TransportFact]
    public async Task What_is_pushed_is_sent_though_nobody_waits_for_it()
    {
        // More than both sockets hold: the rest follows when the peer reads.
        var (connection, peer) = await _harness.AcceptAsync();
        var pattern = Bytes.Pattern(8 * 1024 * 1024);
        await _harness.OnLoop(() =>
        {
            connection.Output.Write(pattern);
            connection.Push();
            return Task.CompletedTask;
        });
        Assert.Equal(pattern, await Bytes.ReceiveExactlyAsync(peer, pattern.Length));
    }

    [TransportFact]
    public async Task Bytes_arrive_in_the_order_they_were_sent()
    {
        var (connection, peer) = await _harness.AcceptAsync();
        var pattern = Bytes.Pattern(1_000_000);
        var sending = Bytes.SendAllAsync(peer, pattern);
        Assert.Equal(pattern, await _harness.OnLoop(() => Bytes.ReadExactlyAsync(connection.Input, pattern.Length)));
        await sending;
    }

    [TransportFact]
    public async Task Large_transfers_both_ways_at_once_do_not_block_each_other()
    {
        const int Length = 12 * 1024 * 1024;
        var (connection, peer) = await _harness.AcceptAsync();
        var (up, down) = (Bytes.Pattern(Length, 1), Bytes.Pattern(Length, 2));
        var writing = _harness.OnLoop(async () => await connection.Output.WriteAsync(down));
        var sending = Bytes.SendAllAsync(peer, up);
        // Only now does anybody read: both socket buffers are full or filling.
        var reading = _harness.OnLoop(() => Bytes.ReadExactlyAsync(connection.Input, Length));
        var receiving = Bytes.ReceiveExactlyAsync(peer, Length);
        Assert.Equal(up, await reading);
        Assert.Equal(down, await receiving);
        await Task.WhenAll(writing, sending);
    }

    [TransportFact]
    public async Task Write_waits_for_a_peer_that_does_not_read_and_copies_nothing_much()
    {
        var (connection, peer) = await _harness.AcceptAsync(peerBufferBytes: 4096);
        var pattern = Bytes.Pattern(8 * 1024 * 1024);
        var writing = _harness.OnLoop(async () => await connection.Output.WriteAsync(pattern));
        await _harness.OnLoop(async () => await Task.Delay(TimeSpan.FromMilliseconds(20), _harness.Loop.Time));
        Assert.False(writing.IsCompleted);
        // Plain bytes stay where they are; of sealed ones one batch waits.
        var blocksMax = _harness.IsTls ? (Loop.ScratchBytes / BlockPool.BlockBytes) + 1 : 1;
        Assert.InRange(await _harness.BlocksInUseAsync(), 0, blocksMax);
        Assert.Equal(pattern, await Bytes.ReceiveExactlyAsync(peer, pattern.Length));
        _ = await writing;
    }

    [TransportFact]
    public async Task Half_close_by_the_peer_ends_reading_and_leaves_writing()
    {
        var (connection, peer) = await _harness.AcceptAsync();
        await Bytes.SendAllAsync(peer, "question"u8.ToArray());
        await peer.EndAsync();
        await _harness.OnLoop(async () =>
        {
            Assert.Equal("question"u8.ToArray(), await Bytes.ReadExactlyAsync(connection.Input, 8));
            var end = await connection.Input.ReadAsync();
            Assert.True(end.IsCompleted);
            Assert.True(end.Buffer.IsEmpty);
            connection.Input.AdvanceTo(end.Buffer.End);
            _ = await connection.Output.WriteAsync("answer"u8.ToArray());
        });
        Assert.Equal("answer"u8.ToArray(), await Bytes.ReceiveExactlyAsync(peer, 6));
    }

    [TransportFact]
    public async Task Completing_output_ends_the_peers_reading_and_leaves_ours()
    {
        var (connection, peer) = await _harness.AcceptAsync();
        await _harness.OnLoop(async () =>
        {
            connection.Output.Write("last words"u8);
            await connection.Output.CompleteAsync();
        });
        Assert.Equal("last words"u8.ToArray(), await Bytes.ReceiveAllAsync(peer));
        await Bytes.SendAllAsync(peer, "heard"u8.ToArray());
        Assert.Equal("heard"u8.ToArray(), await _harness.OnLoop(() => Bytes.ReadExactlyAsync(connection.Input, 5)));
    }

    [TransportFact]
    public async Task Reset_by_the_peer_fails_the_waiting_read_with_its_reason()
    {
        var (connection, peer) = await _harness.AcceptAsync();
        var reading = _harness.OnLoop(async () => await connection.Input.ReadAsync());
        peer.Reset();
        var failure = await Assert.ThrowsAsync<TransportException>(() => reading);
        Assert.Contains("receiving failed", failure.Message, StringComparison.Ordinal);
    }

    [TransportFact]
    public async Task Writing_to_a_peer_that_is_gone_fails()
    {
        var (connection, peer) = await _harness.AcceptAsync();
        peer.Reset();
        _ = await Assert.ThrowsAsync<TransportException>(() => _harness.OnLoop(async () =>
        {
            while (true)
            {
                _ = await connection.Output.WriteAsync(new byte[1024]);
                await Task.Yield();
            }
        }));
    }

    [TransportFact]
    public async Task Abort_with_unsent_bytes_resets_the_peer()
    {
        var (connection, peer) = await _harness.AcceptAsync(peerBufferBytes: 4096);
        var writing = _harness.OnLoop(async () => await connection.Output.WriteAsync(new byte[16 * 1024 * 1024]));
        await _harness.OnLoop(() => { connection.Abort(); return Task.CompletedTask; });
        _ = await Assert.ThrowsAsync<TransportException>(() => writing);
        var failure = await Assert.ThrowsAsync<SocketException>(() => Bytes.ReceiveAllAsync(peer));
        Assert.Equal(SocketError.ConnectionReset, failure.SocketErrorCode);
    }

    [TransportFact]
    public async Task Abort_ends_a_waiting_read()
    {
        var (connection, _) = await _harness.AcceptAsync();
        var reading = _harness.OnLoop(async () => await connection.Input.ReadAsync());
        await _harness.OnLoop(() =>
        {
            connection.Abort();
            connection.Abort();
            return Task.CompletedTask;
        });
        _ = await Assert.ThrowsAsync<TransportException>(() => reading);
        await Assert.ThrowsAsync<TransportException>(
            () => _harness.OnLoop(async () => await connection.Output.WriteAsync(new byte[1])));
        Assert.Equal(0, _harness.Loop.ConnectionCount);
    }

    [TransportFact]
    public async Task Dispose_delivers_what_is_held()
    {
        await using var patient = new TransportHarness(new TransportSettings { Kind = KindOf(_harness) }, _harness.IsTls);
        var (connection, peer) = await patient.AcceptAsync(peerBufferBytes: 4096);
        var pattern = Bytes.Pattern(6 * 1024 * 1024);
        var closing = patient.OnLoop(async () =>
        {
            connection.Output.Write(pattern);
            await connection.DisposeAsync();
        });
        Assert.Equal(pattern, await Bytes.ReceiveAllAsync(peer));
        await closing;
    }

    [TransportFact]
    public async Task Dispose_gives_up_on_a_peer_that_never_reads()
    {
        var (connection, peer) = await _harness.AcceptAsync(peerBufferBytes: 4096);
        await _harness.OnLoop(async () =>
        {
            connection.Output.Write(new byte[6 * 1024 * 1024]);
            await connection.DisposeAsync();
        });
        _ = await Assert.ThrowsAsync<SocketException>(() => Bytes.ReceiveAllAsync(peer));
        Assert.Equal(0, await _harness.BlocksInUseAsync());
    }

    [TransportFact]
    public async Task Dispose_with_unread_input_still_delivers_the_last_answer()
    {
        var (connection, peer) = await _harness.AcceptAsync();
        await Bytes.SendAllAsync(peer, new byte[10_000]);
        await _harness.OnLoop(async () =>
        {
            var result = await connection.Input.ReadAsync();
            connection.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            _ = await connection.Output.WriteAsync("53300"u8.ToArray());
            await connection.DisposeAsync();
        });
        Assert.Equal("53300"u8.ToArray(), await Bytes.ReceiveAllAsync(peer));
    }

    [TransportFact]
    public async Task Cancelled_read_leaves_the_connection_usable()
    {
        var (connection, peer) = await _harness.AcceptAsync();
        using var aborted = new CancellationTokenSource();
        var reading = _harness.OnLoop(async () => await connection.Input.ReadAsync(aborted.Token));
        await aborted.CancelAsync();
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);

        var cancelled = _harness.OnLoop(async () => await connection.Input.ReadAsync());
        await _harness.OnLoop(() => { connection.Input.CancelPendingRead(); return Task.CompletedTask; });
        Assert.True((await cancelled).IsCanceled);

        await Bytes.SendAllAsync(peer, "still here"u8.ToArray());
        Assert.Equal("still here"u8.ToArray(), await _harness.OnLoop(() => Bytes.ReadExactlyAsync(connection.Input, 10)));
    }

    [TransportFact]
    public async Task Cancelled_write_keeps_its_bytes_and_their_order()
    {
        var (connection, peer) = await _harness.AcceptAsync(peerBufferBytes: 4096);
        var pattern = Bytes.Pattern(8 * 1024 * 1024);
        using var aborted = new CancellationTokenSource();
        var writing = _harness.OnLoop(async () => await connection.Output.WriteAsync(pattern, aborted.Token));
        await _harness.OnLoop(() => Task.CompletedTask);
        await aborted.CancelAsync();
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        var rest = _harness.OnLoop(async () => await connection.Output.WriteAsync("tail"u8.ToArray()));
        Assert.Equal(pattern, await Bytes.ReceiveExactlyAsync(peer, pattern.Length));
        Assert.Equal("tail"u8.ToArray(), await Bytes.ReceiveExactlyAsync(peer, 4));
        _ = await rest;
    }

    [TransportFact]
    public async Task Examined_bytes_wait_for_more_and_consumed_ones_free_their_buffer()
    {
        var (connection, peer) = await _harness.AcceptAsync();
        await Bytes.SendAllAsync(peer, "half"u8.ToArray());
        var whole = _harness.OnLoop(async () =>
        {
            while (true)
            {
                var result = await connection.Input.ReadAsync();
                if (result.Buffer.Length == 8)
                {
                    var text = Encoding.ASCII.GetString(result.Buffer);
                    connection.Input.AdvanceTo(result.Buffer.End);
                    return text;
                }

                connection.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            }
        });
        await TransportHarness.UntilAsync(async () => await _harness.BlocksInUseAsync() == 1);
        await Bytes.SendAllAsync(peer, "half"u8.ToArray());
        Assert.Equal("halfhalf", await whole);
        Assert.Equal(0, await _harness.BlocksInUseAsync());
    }

    [TransportFact]
    public async Task Idle_reader_holds_no_buffer()
    {
        var (connection, peer) = await _harness.AcceptAsync();
        var reading = _harness.OnLoop(async () => await connection.Input.ReadAsync());
        Assert.Equal(0, await _harness.BlocksInUseAsync());
        await Bytes.SendAllAsync(peer, new byte[1]);
        _ = await reading;
        Assert.Equal(1, await _harness.BlocksInUseAsync());
    }

    [TransportFact]
    public async Task Reader_that_consumes_nothing_fails_at_the_limit_of_its_input()
    {
        var (connection, peer) = await _harness.AcceptAsync();
        var sending = Bytes.SendAllAsync(peer, new byte[1024 * 1024]);
        var failure = await Assert.ThrowsAsync<TransportException>(() => _harness.OnLoop(async () =>
        {
            while (true)
            {
                var result = await connection.Input.ReadAsync();
                connection.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            }
        }));
        Assert.Contains("limit", failure.Message, StringComparison.Ordinal);
        await peer.CloseAsync();
        _ = await Record.ExceptionAsync(() => sending);
    }

    [TransportFact]
    public async Task Data_and_end_that_arrived_before_anybody_read_are_both_seen()
    {
        var (connection, peer) = await _harness.AcceptAsync();
        var pattern = Bytes.Pattern(40_000);
        await Bytes.SendAllAsync(peer, pattern);
        await peer.CloseAsync();
        await _harness.OnLoop(async () => await Task.Delay(TimeSpan.FromMilliseconds(20), _harness.Loop.Time));
        var end = await _harness.OnLoop(async () =>
        {
            Assert.Equal(pattern, await Bytes.ReadExactlyAsync(connection.Input, pattern.Length));
            return await connection.Input.ReadAsync();
        });
        Assert.True(end.IsCompleted);
    }

    [TransportFact]
    public async Task Handler_that_always_has_something_to_read_and_write_leaves_turns_to_others()
    {
        var (flooded, flood) = await _harness.AcceptAsync();
        var (connection, peer) = await _harness.AcceptAsync();
        using var stopping = new CancellationTokenSource();
        var echoing = _harness.OnLoop(async () =>
        {
            var large = new byte[1024 * 1024];
            while (!stopping.IsCancellationRequested)
            {
                var result = await flooded.Input.ReadAsync();
                flooded.Input.AdvanceTo(result.Buffer.End);
                _ = await flooded.Output.WriteAsync(large);
            }

            flooded.Abort();
        });
        var pouring = Record.ExceptionAsync(async () =>
        {
            var bytes = new byte[64 * 1024];
            while (true)
            {
                await Bytes.SendAllAsync(flood, bytes);
            }
        });
        var draining = Record.ExceptionAsync(() => Bytes.DrainAsync(flood));
        var pong = _harness.OnLoop(async () =>
        {
            for (var round = 0; round < 100; round++)
            {
                _ = await Bytes.ReadExactlyAsync(connection.Input, 4);
                _ = await connection.Output.WriteAsync("pong"u8.ToArray());
            }
        });
        for (var round = 0; round < 100; round++)
        {
            await Bytes.SendAllAsync(peer, "ping"u8.ToArray());
            _ = await Bytes.ReceiveExactlyAsync(peer, 4);
        }

        await pong;
        await stopping.CancelAsync();
        await echoing;
        flood.Dispose();
        _ = await pouring;
        _ = await draining;
    }

    private static TransportKind KindOf(TransportHarness harness) => harness.OwnLoop.Settings.Kind;
}
