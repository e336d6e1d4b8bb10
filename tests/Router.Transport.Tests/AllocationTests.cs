using Router.Testing;

namespace Router.Transport.Tests;

/// <summary>What the message path allocates in steady state: measured on the loop's own thread, to the byte.</summary>
public abstract class AllocationTests(TransportKind kind, bool isTls) : IAsyncLifetime
{
    public sealed class OverEpoll() : AllocationTests(TransportKind.Epoll, isTls: false);

    public sealed class OverIoUring() : AllocationTests(TransportKind.IoUring, isTls: false);

    public sealed class SecuredOverEpoll() : AllocationTests(TransportKind.Epoll, isTls: true);

    public sealed class SecuredOverIoUring() : AllocationTests(TransportKind.IoUring, isTls: true);

    private const int WarmUpRounds = 500;
    private const int Rounds = 5_000;

    private readonly TransportHarness _harness = new(new TransportSettings { Kind = kind }, isTls);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [TransportFact]
    public async Task Relayed_chunks_allocate_nothing()
    {
        var pair = await RelayHarness.CreateAsync(_harness);
        var meter = new AllocationMeter(WarmUpRounds, WarmUpRounds + Rounds, isStoppedByChunk: false);
        var relay = pair.RelayAsync(fromBackend: meter);
        await PingPongAsync(pair, WarmUpRounds + Rounds);
        await pair.ClientPeer.CloseAsync();
        _ = await relay;
        AssertWithin("chunk relayed", meter.Allocated);
    }

    [TransportFact]
    public async Task Relay_per_transaction_with_a_read_in_front_allocates_nothing()
    {
        var pair = await RelayHarness.CreateAsync(_harness);
        var meter = new AllocationMeter(WarmUpRounds, WarmUpRounds + Rounds, isStoppedByChunk: true);
        var session = _harness.OnLoop(async () =>
        {
            var fromClient = new PassFilter();
            while (true)
            {
                var result = await pair.Client.Input.ReadAsync();
                if (result.IsCompleted)
                {
                    return;
                }

                pair.Client.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                _ = await _harness.Loop.RelayAsync(
                    pair.Client, pair.Backend, fromClient, meter, RelayOptions.Default, default);
            }
        });
        await PingPongAsync(pair, WarmUpRounds + Rounds);
        await pair.ClientPeer.CloseAsync();
        await session;
        AssertWithin("relay started behind a read", meter.Allocated);
    }

    [TransportFact]
    public async Task Reads_and_writes_of_a_handler_allocate_nothing()
    {
        var (connection, peer) = await _harness.AcceptAsync();
        long before = 0;
        var echo = _harness.OnLoop(async () =>
        {
            for (var round = 0; round < WarmUpRounds + Rounds; round++)
            {
                if (round == WarmUpRounds)
                {
                    before = GC.GetAllocatedBytesForCurrentThread();
                }

                var result = await connection.Input.ReadAsync();
                _ = await connection.Output.WriteAsync(result.Buffer.First);
                connection.Input.AdvanceTo(result.Buffer.End);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
        await Task.Factory.StartNew(
            () =>
            {
                var bytes = new byte[100];
                for (var round = 0; round < WarmUpRounds + Rounds; round++)
                {
                    peer.Send(bytes);
                    ReceiveExactly(peer, bytes);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        AssertWithin("read and write of a handler", await echo);
    }

    /// <summary>
    /// In whole bytes for each operation. What an operation allocates shows a thousandfold here; what the runtime does once
    /// on any thread, at a time of its own, does not.
    /// </summary>
    private static void AssertWithin(string operation, long allocated) =>
        Assert.InRange(allocated / Rounds, 0, AllocationBudget.Of(operation));

    private static Task PingPongAsync(RelayHarness pair, int rounds) => Task.Factory.StartNew(
        () =>
        {
            var bytes = new byte[100];
            for (var round = 0; round < rounds; round++)
            {
                pair.ClientPeer.Send(bytes);
                ReceiveExactly(pair.BackendPeer, bytes);
                pair.BackendPeer.Send(bytes);
                ReceiveExactly(pair.ClientPeer, bytes);
            }
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private static void ReceiveExactly(TestPeer socket, byte[] bytes)
    {
        for (var got = 0; got < bytes.Length;)
        {
            var count = socket.Receive(bytes.AsSpan(got));
            Assert.True(count > 0, "the stream ended early");
            got += count;
        }
    }

    /// <summary>Reads the thread's allocation counter at two chunks.</summary>
    private sealed class AllocationMeter(int from, int to, bool isStoppedByChunk) : IRelayFilter
    {
        private int _chunks;
        private long _before;

        public long Allocated { get; private set; } = -1;

        public RelayVerdict Inspect(ReadOnlySpan<byte> chunk)
        {
            _chunks++;
            if (_chunks == from)
            {
                _before = GC.GetAllocatedBytesForCurrentThread();
            }
            else if (_chunks == to)
            {
                Allocated = GC.GetAllocatedBytesForCurrentThread() - _before;
            }

            return isStoppedByChunk ? RelayVerdict.StopAfter(chunk.Length) : RelayVerdict.Pass(chunk.Length);
        }
    }
}
