using System.Buffers;
using System.Text;
using Router.Transport.Loops;

namespace Router.Transport.Tests;

/// <summary>What every back end promises of a relay.</summary>
public abstract class RelayContract : IAsyncLifetime
{
    private readonly TransportHarness _harness;

    protected RelayContract(TransportKind kind, bool isTls = false) =>
        _harness = new TransportHarness(new TransportSettings { Kind = kind }, isTls);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [TransportFact]
    public async Task Large_transfers_both_ways_at_once_pass_in_order()
    {
        const int Length = 16 * 1024 * 1024;
        var pair = await RelayHarness.CreateAsync(_harness);
        var (up, down) = (Bytes.Pattern(Length, 1), Bytes.Pattern(Length, 2));
        var relay = pair.RelayAsync();
        // Both send before either reads: all four socket buffers fill.
        var sendUp = Bytes.SendAllAsync(pair.ClientPeer, up);
        var sendDown = Bytes.SendAllAsync(pair.BackendPeer, down);
        await _harness.OnLoop(async () => await Task.Delay(TimeSpan.FromMilliseconds(20), _harness.Loop.Time));
        var receiveUp = Bytes.ReceiveExactlyAsync(pair.BackendPeer, Length);
        var receiveDown = Bytes.ReceiveExactlyAsync(pair.ClientPeer, Length);
        Assert.Equal(up, await receiveUp);
        Assert.Equal(down, await receiveDown);
        await Task.WhenAll(sendUp, sendDown);
        await pair.ClientPeer.EndAsync();
        Assert.Equal(RelayEnd.ClientClosed, await relay);
        Assert.Equal(0, await _harness.BlocksInUseAsync());
    }

    [TransportFact]
    public async Task Slow_reader_pauses_the_sender_within_the_held_limit()
    {
        const int HeldMax = 64 * 1024;
        const int Length = 24 * 1024 * 1024;
        var pair = await RelayHarness.CreateAsync(_harness, peerBufferBytes: 4096);
        var filter = new PassFilter();
        var relay = pair.RelayAsync(fromBackend: filter, options: new RelayOptions(HeldMax));
        var pattern = Bytes.Pattern(Length);
        var sending = Bytes.SendAllAsync(pair.BackendPeer, pattern);
        // TLS adds a little to each record, and the last batch was sealed as a whole.
        var overheadMax = _harness.IsTls ? 1024 : 0;
        long held = 0;
        await TransportHarness.UntilAsync(async () =>
        {
            var before = held;
            held = await _harness.OnLoop(() => ((StreamConnection)pair.Client).HeldLength);
            Assert.InRange(held, 0, HeldMax + overheadMax);
            return held >= HeldMax && before == held;
        });
        var seen = await _harness.OnLoop(() => filter.Seen);
        Assert.False(sending.IsCompleted);
        Assert.True(seen < Length, "the sender should have been paused");
        Assert.InRange(await _harness.BlocksInUseAsync(), 1, (HeldMax / BlockPool.BlockBytes) + (_harness.IsTls ? 3 : 1));
        // The other direction is not concerned.
        await Bytes.SendAllAsync(pair.ClientPeer, "cancel"u8.ToArray());
        Assert.Equal("cancel"u8.ToArray(), await Bytes.ReceiveExactlyAsync(pair.BackendPeer, 6));
        // Reading again resumes the paused source, although no new event comes for it.
        Assert.Equal(pattern, await Bytes.ReceiveExactlyAsync(pair.ClientPeer, Length));
        await sending;
        await pair.BackendPeer.CloseAsync();
        Assert.Equal(RelayEnd.BackendClosed, await relay);
    }

    [TransportFact]
    public async Task Bytes_behind_a_stop_stay_readable()
    {
        var pair = await RelayHarness.CreateAsync(_harness);
        var relay = pair.RelayAsync(
            fromBackend: new DelegateFilter(chunk => RelayVerdict.StopAfter(Array.IndexOf(chunk, (byte)'Z') + 1)));
        await Bytes.SendAllAsync(pair.BackendPeer, "answerZsurplus"u8.ToArray());
        Assert.Equal(RelayEnd.StoppedByBackendFilter, await relay);
        Assert.Equal("answerZ"u8.ToArray(), await Bytes.ReceiveExactlyAsync(pair.ClientPeer, 7));
        Assert.Equal("surplus"u8.ToArray(), await _harness.OnLoop(() => Bytes.ReadExactlyAsync(pair.Backend.Input, 7)));
    }

    [TransportFact]
    public async Task Bytes_that_were_examined_before_go_through_the_relay_first()
    {
        var pair = await RelayHarness.CreateAsync(_harness);
        await Bytes.SendAllAsync(pair.ClientPeer, "first "u8.ToArray());
        await _harness.OnLoop(async () =>
        {
            var result = await pair.Client.Input.ReadAsync();
            pair.Client.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            // Written without a flush: goes out before what is relayed.
            pair.Backend.Output.Write("greeting "u8);
        });
        var seen = new StringBuilder();
        var relay = pair.RelayAsync(fromClient: new DelegateFilter(chunk =>
        {
            _ = seen.Append(Encoding.ASCII.GetString(chunk));
            return RelayVerdict.Pass(chunk.Length);
        }));
        await Bytes.SendAllAsync(pair.ClientPeer, "second"u8.ToArray());
        Assert.Equal("greeting first second"u8.ToArray(), await Bytes.ReceiveExactlyAsync(pair.BackendPeer, 21));
        await pair.ClientPeer.CloseAsync();
        Assert.Equal(RelayEnd.ClientClosed, await relay);
        Assert.Equal("first second", seen.ToString());
    }

    [TransportFact]
    public async Task Held_back_part_is_seen_again_in_front_of_what_follows()
    {
        var pair = await RelayHarness.CreateAsync(_harness);
        var filter = new RecordFilter(stopMark: (byte)'X');
        var relay = pair.RelayAsync(fromClient: filter);
        byte[] records = [3, 1, 2, 3, 0, 2, 8, 9, 3, (byte)'X', 1, 1];
        foreach (var part in records)
        {
            await Bytes.SendAllAsync(pair.ClientPeer, new[] { part });
            // Each byte is a chunk of its own.
            await _harness.OnLoop(async () => await Task.Delay(TimeSpan.FromMilliseconds(2), _harness.Loop.Time));
        }

        Assert.Equal(RelayEnd.StoppedByClientFilter, await relay);
        Assert.Equal(records, await Bytes.ReceiveExactlyAsync(pair.BackendPeer, records.Length));
        Assert.Equal(4, filter.Records);
        Assert.Equal(0, await _harness.BlocksInUseAsync());
    }

    [TransportFact]
    public async Task Held_back_parts_survive_a_stream_cut_anywhere()
    {
        var pair = await RelayHarness.CreateAsync(_harness, peerBufferBytes: 4096);
        var records = new MemoryStream();
        for (var index = 0; index < 20_000; index++)
        {
            records.Write([(byte)(index % 200), .. Bytes.Pattern(index % 200, index)]);
        }

        records.Write([1, (byte)'!']);
        var bytes = records.ToArray();
        // A body may begin with the mark by chance: use one that the pattern (below 251) never contains.
        bytes[^1] = 255;
        var filter = new RecordFilter(stopMark: 255);
        var relay = pair.RelayAsync(fromClient: filter, options: new RelayOptions(HeldMax: 1000, TurnBudget: 3000));
        var sending = Bytes.SendAllAsync(pair.ClientPeer, bytes);
        Assert.Equal(bytes, await Bytes.ReceiveExactlyAsync(pair.BackendPeer, bytes.Length));
        await sending;
        Assert.Equal(RelayEnd.StoppedByClientFilter, await relay);
        Assert.Equal(20_001, filter.Records);
    }

    [TransportFact]
    public async Task Filter_that_holds_back_too_much_ends_the_relay_with_all_bytes_readable()
    {
        const int HeldMax = 8 * 1024;
        var pair = await RelayHarness.CreateAsync(_harness);
        var relay = pair.RelayAsync(
            fromClient: new DelegateFilter(_ => RelayVerdict.Pass(0)), options: new RelayOptions(HeldMax));
        var pattern = Bytes.Pattern(HeldMax * 2);
        await Bytes.SendAllAsync(pair.ClientPeer, pattern);
        Assert.Equal(RelayEnd.StoppedByClientFilter, await relay);
        Assert.Equal(
            pattern, await _harness.OnLoop(() => Bytes.ReadExactlyAsync(pair.Client.Input, pattern.Length)));
    }

    [TransportFact]
    public async Task Stop_does_not_wait_for_a_slow_client_and_its_bytes_still_arrive()
    {
        var pair = await RelayHarness.CreateAsync(_harness, peerBufferBytes: 4096);
        var length = 0;
        await _harness.OnLoop(async () =>
        {
            // Fill the client's socket, so that the whole answer is held.
            var fill = new byte[64 * 1024];
            try
            {
                while (true)
                {
                    length += fill.Length;
                    using var full = new CancellationTokenSource(TimeSpan.FromMilliseconds(200), _harness.Loop.Time);
                    _ = await pair.Client.Output.WriteAsync(fill, full.Token);
                }
            }
            catch (OperationCanceledException)
            {
                // The socket takes no more; the rest of the last write is held.
            }
        });
        var heldBefore = await _harness.OnLoop(() => ((StreamConnection)pair.Client).HeldLength);
        await Bytes.SendAllAsync(pair.BackendPeer, "rowsZ"u8.ToArray());
        var end = await pair.RelayAsync(fromBackend: new DelegateFilter(chunk => RelayVerdict.StopAfter(chunk.Length)));
        Assert.Equal(RelayEnd.StoppedByBackendFilter, end);
        Assert.Equal(
            heldBefore + 5, await _harness.OnLoop(() => ((StreamConnection)pair.Client).HeldLength));
        var all = await Bytes.ReceiveExactlyAsync(pair.ClientPeer, length + 5);
        Assert.Equal("rowsZ"u8.ToArray(), all[^5..]);
    }

    [TransportFact]
    public async Task Everything_sent_before_the_end_is_forwarded_before_the_relay_ends()
    {
        var pair = await RelayHarness.CreateAsync(_harness);
        var pattern = Bytes.Pattern(700_000);
        var relay = pair.RelayAsync();
        var receiving = Bytes.ReceiveExactlyAsync(pair.ClientPeer, pattern.Length);
        await Bytes.SendAllAsync(pair.BackendPeer, pattern);
        await pair.BackendPeer.CloseAsync();
        Assert.Equal(RelayEnd.BackendClosed, await relay);
        Assert.Equal(pattern, await receiving);
    }

    [TransportFact]
    public async Task Half_closed_client_can_be_relayed_on_to()
    {
        var pair = await RelayHarness.CreateAsync(_harness);
        var relay = pair.RelayAsync();
        await pair.ClientPeer.EndAsync();
        Assert.Equal(RelayEnd.ClientClosed, await relay);
        await _harness.OnLoop(async () => await pair.Client.Output.WriteAsync("bye"u8.ToArray()));
        Assert.Equal("bye"u8.ToArray(), await Bytes.ReceiveExactlyAsync(pair.ClientPeer, 3));
    }

    [TransportFact]
    public async Task Reset_by_either_side_is_that_sides_failure()
    {
        foreach (var isClient in new[] { true, false })
        {
            var pair = await RelayHarness.CreateAsync(_harness);
            var relay = pair.RelayAsync();
            var peer = isClient ? pair.ClientPeer : pair.BackendPeer;
            peer.Reset();
            Assert.Equal(isClient ? RelayEnd.ClientFailed : RelayEnd.BackendFailed, await relay);
        }
    }

    [TransportFact]
    public async Task Last_message_of_a_backend_that_dies_reaches_the_client()
    {
        var pair = await RelayHarness.CreateAsync(_harness);
        // The backend says why and is gone, with our bytes unread: its system answers what we send with a reset.
        await Bytes.SendAllAsync(pair.BackendPeer, "57P01"u8.ToArray());
        await pair.BackendPeer.CloseAsync();
        await Bytes.SendAllAsync(pair.ClientPeer, new byte[100_000]);
        var end = await pair.RelayAsync();
        Assert.True(end is RelayEnd.BackendFailed or RelayEnd.BackendClosed, $"ended as {end}");
        Assert.Equal("57P01"u8.ToArray(), await Bytes.ReceiveExactlyAsync(pair.ClientPeer, 5));
    }

    [TransportFact]
    public async Task Token_aborts_the_relay_and_the_connections_live_on()
    {
        var pair = await RelayHarness.CreateAsync(_harness);
        using var aborted = new CancellationTokenSource();
        var relay = pair.RelayAsync(aborted: aborted.Token);
        await Bytes.SendAllAsync(pair.ClientPeer, "one"u8.ToArray());
        _ = await Bytes.ReceiveExactlyAsync(pair.BackendPeer, 3);
        await aborted.CancelAsync();
        Assert.Equal(RelayEnd.Aborted, await relay);
        var again = pair.RelayAsync();
        await Bytes.SendAllAsync(pair.ClientPeer, "two"u8.ToArray());
        Assert.Equal("two"u8.ToArray(), await Bytes.ReceiveExactlyAsync(pair.BackendPeer, 3));
        await pair.BackendPeer.CloseAsync();
        Assert.Equal(RelayEnd.BackendClosed, await again);
    }

    [TransportFact]
    public async Task Closing_a_connection_here_ends_its_relay()
    {
        var pair = await RelayHarness.CreateAsync(_harness);
        var relay = pair.RelayAsync();
        await _harness.OnLoop(() => { pair.Backend.Abort(); return Task.CompletedTask; });
        Assert.Equal(RelayEnd.BackendFailed, await relay);
    }

    [TransportFact]
    public async Task Failing_filter_ends_its_connection_and_no_other()
    {
        var other = await RelayHarness.CreateAsync(_harness);
        var otherRelay = other.RelayAsync();
        var pair = await RelayHarness.CreateAsync(_harness);
        var relay = pair.RelayAsync(fromClient: new DelegateFilter(_ => throw new InvalidDataException("bug")));
        await Bytes.SendAllAsync(pair.ClientPeer, "x"u8.ToArray());
        Assert.Equal(RelayEnd.ClientFailed, await relay);
        await Bytes.SendAllAsync(other.ClientPeer, "alive"u8.ToArray());
        Assert.Equal("alive"u8.ToArray(), await Bytes.ReceiveExactlyAsync(other.BackendPeer, 5));
        await other.ClientPeer.CloseAsync();
        _ = await otherRelay;
    }

    [TransportFact]
    public async Task Flood_on_one_pair_does_not_starve_a_ping_pong_on_another()
    {
        const int Rounds = 200;
        var flood = await RelayHarness.CreateAsync(_harness);
        var counted = new PassFilter();
        var flooding = flood.RelayAsync(fromClient: counted, options: new RelayOptions(TurnBudget: 64 * 1024));
        using var stopping = new CancellationTokenSource();
        var pouring = PourAsync(flood.ClientPeer, stopping.Token);
        var draining = Record.ExceptionAsync(() => Bytes.DrainAsync(flood.BackendPeer));
        var pair = await RelayHarness.CreateAsync(_harness);
        var relay = pair.RelayAsync();
        await TransportHarness.UntilAsync(() => _harness.OnLoop(() => counted.Seen > 1024 * 1024));
        for (var round = 0; round < Rounds; round++)
        {
            await Bytes.SendAllAsync(pair.ClientPeer, "ping"u8.ToArray());
            _ = await Bytes.ReceiveExactlyAsync(pair.BackendPeer, 4);
            await Bytes.SendAllAsync(pair.BackendPeer, "pong"u8.ToArray());
            _ = await Bytes.ReceiveExactlyAsync(pair.ClientPeer, 4);
        }

        await stopping.CancelAsync();
        await pouring;
        await flood.ClientPeer.CloseAsync();
        Assert.Equal(RelayEnd.ClientClosed, await flooding);
        await _harness.OnLoop(() => { flood.Backend.Abort(); return Task.CompletedTask; });
        _ = await draining;
        await pair.ClientPeer.CloseAsync();
        _ = await relay;
    }

    private static async Task PourAsync(TestPeer socket, CancellationToken stopping)
    {
        var bytes = new byte[256 * 1024];
        while (!stopping.IsCancellationRequested)
        {
            await Bytes.SendAllAsync(socket, bytes);
        }
    }
}
