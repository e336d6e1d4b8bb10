using System.Net.Sockets;
using Router.Proxy.Pooling;
using Router.Testing.Proxy;
using static Router.Testing.Proxy.PoolScript;

namespace Router.Proxy.Tests.Pooling;

/// <summary>Clients of several event loops that share the connections of one pool.</summary>
public sealed class PoolLoopTests
{
    private const int Clients = 6;
    private const int Transactions = 50;

    /// <summary>Without a hand-over the loop that opened it would serve its own clients with it for ever.</summary>
    [Fact]
    public async Task Two_busy_loops_share_one_connection()
    {
        await using var pool = new PoolScript(new PoolOptions { Mode = PoolMode.Transaction, PoolSize = 1 }, loops: 2);
        using var over = new CancellationTokenSource();
        var serving = ServeAllAsync(pool.Server, over.Token);
        var clients = new List<WirePeer>();
        while (clients.Count < Clients)
        {
            clients.Add(await pool.NextAsync());
        }

        // Everybody goes on until everybody has had enough: nobody's turn comes by the others being done.
        var missing = Clients;
        await Task.WhenAll(clients.Select(async client =>
        {
            for (var done = 0; Volatile.Read(ref missing) > 0; done++)
            {
                await client.QueryAsync("SELECT 1");
                _ = await client.ReadUntilAsync('Z');
                if (done == Transactions)
                {
                    Interlocked.Decrement(ref missing);
                }
            }
        }));
        await over.CancelAsync();
        pool.Server.Dispose();
        await serving;
    }

    [Theory]
    [InlineData(50, 0, false)]
    [InlineData(51, 0, true)]
    [InlineData(250, 100, false)]
    [InlineData(251, 100, true)]
    [InlineData(300, 300, false)]
    public void A_connection_changes_over_where_waits_differ_by_more_than_chance(int other, int own, bool expected) =>
        Assert.Equal(expected, LoopShare.IsUnfair(TimeSpan.FromMilliseconds(other), TimeSpan.FromMilliseconds(own)));

    private static async Task ServeAllAsync(BackendScript server, CancellationToken over)
    {
        var backends = new List<Task>();
        try
        {
            while (!over.IsCancellationRequested)
            {
                backends.Add(ServeAsync(await server.AcceptLoginAsync()));
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException or TimeoutException)
        {
            // The test is over.
        }

        await Task.WhenAll(backends);
    }

    private static async Task ServeAsync(WirePeer backend)
    {
        try
        {
            while (await backend.TryReadAsync() is { Type: 'Q' })
            {
                await DoneAsync(backend);
            }
        }
        catch (Exception end) when (end is SocketException or IOException or ObjectDisposedException)
        {
            // Closed by the pool, or the test is over.
        }

        backend.Dispose();
    }
}
