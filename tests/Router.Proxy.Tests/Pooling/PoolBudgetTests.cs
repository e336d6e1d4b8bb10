using System.Net.Sockets;
using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Pooling;
using Router.Testing;
using Router.Testing.Proxy;
using Router.Transport;

namespace Router.Proxy.Tests.Pooling;

/// <summary>What a transaction of a pooled client allocates on its loop, against <c>perf/budgets.json</c>.</summary>
public sealed class PoolBudgetTests
{
    private const int WarmUps = 500;
    private const int Rounds = 50;
    private const int Batches = 60;

    private static readonly byte[] Request = Bytes(new Query("SELECT 1").Write);

    private static readonly byte[] Response = Bytes(static writer =>
    {
        writer.Begin(MessageType.CommandComplete).Text("SELECT 1").End();
        new ReadyForQuery(TransactionStatus.Idle).Write(writer);
    });

    [Fact]
    public Task Pooled_transaction() => MeasureAsync("pooled transaction", clients: 1, servers: 1);

    /// <summary>Two clients want the one connection all the time: each waits for the other.</summary>
    [Fact]
    public Task Pooled_transaction_that_waits() => MeasureAsync("pooled transaction that waits", clients: 2, servers: 1);

    private static async Task MeasureAsync(string operation, int clients, int servers)
    {
        await using var pool = new PoolScript(new PoolOptions { Mode = PoolMode.Transaction, PoolSize = servers });
        var (first, backend) = await pool.FirstAsync();
        var peers = new List<WirePeer> { first };
        while (peers.Count < clients)
        {
            peers.Add(await pool.NextAsync());
        }

        using var over = new CancellationTokenSource();
        var serving = OnThread(() => Serve(backend.Socket, over.Token));
        await AskAsync(peers, WarmUps);

        // What each transaction allocates is in every batch; what time brings, a tick of the pools, is not. The question
        // allocates too.
        var (least, question) = (long.MaxValue, long.MaxValue);
        for (var batch = 0; batch < Batches; batch++)
        {
            var before = await AllocatedAsync(pool);
            var begin = await AllocatedAsync(pool);
            await AskAsync(peers, Rounds);
            least = Math.Min(least, await AllocatedAsync(pool) - begin);
            question = Math.Min(question, begin - before);
        }

        await over.CancelAsync();
        backend.Dispose();
        await serving;
        Assert.InRange((least - question) / (Rounds * clients), 0, AllocationBudget.Of(operation));
    }

    private static Task<long> AllocatedAsync(PoolScript pool) =>
        pool.Proxy.Loop.RunAsync(static () => Task.FromResult(GC.GetAllocatedBytesForCurrentThread()));

    private static Task AskAsync(List<WirePeer> clients, int rounds) => Task.WhenAll(clients.Select(client => OnThread(() =>
    {
        var buffer = new byte[Response.Length];
        for (var round = 0; round < rounds; round++)
        {
            _ = client.Socket.Send(Request);
            Receive(client.Socket, buffer);
        }
    })));

    private static void Serve(Socket socket, CancellationToken over)
    {
        var buffer = new byte[Request.Length];
        try
        {
            while (!over.IsCancellationRequested)
            {
                Receive(socket, buffer);
                _ = socket.Send(Response);
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException or EndOfStreamException)
        {
            // The test is over.
        }
    }

    private static void Receive(Socket socket, byte[] buffer)
    {
        for (var at = 0; at < buffer.Length;)
        {
            var count = socket.Receive(buffer, at, buffer.Length - at, SocketFlags.None);
            at += count > 0 ? count : throw new EndOfStreamException();
        }
    }

    private static Task OnThread(Action action) => Task.Factory.StartNew(
        action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static byte[] Bytes(Action<FrameWriter> write)
    {
        var writer = new FrameWriter();
        write(writer);
        return writer.Written.ToArray();
    }
}
