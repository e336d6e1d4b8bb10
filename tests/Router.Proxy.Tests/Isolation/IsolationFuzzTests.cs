using System.Globalization;
using System.Net;
using Router.Proxy.Authentication;
using Router.Proxy.Pooling;
using Router.Proxy.Tests.Integration;
using Router.Testing.Wire;

namespace Router.Proxy.Tests.Isolation;

/// <summary>
/// Many clients over few server connections, both legs cut into random pieces, clients that leave anywhere, servers that are
/// killed and cancel requests at random: nobody ever hears what is another's, and at the end everything is at rest.
/// </summary>
/// <remarks>ROUTER_ISOLATION_ROUNDS makes it longer, ROUTER_ISOLATION_SEED another.</remarks>
[Trait("Category", "Integration")]
public sealed class IsolationFuzzTests
{
    private const int Clients = 24;

    private static readonly int Rounds = NumberOf("ROUTER_ISOLATION_ROUNDS", 25);

    private static readonly int Seed = NumberOf("ROUTER_ISOLATION_SEED", 1);

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public async Task Nobody_hears_what_is_anothers(int poolSize)
    {
        var server = new Server(poolSize);
        await server.InitializeAsync();
        try
        {
            await using var fromServer = new ChunkingRelay(new IPEndPoint(IPAddress.Loopback, server.Port), Chunking.OfSeed(Seed));
            server.Proxy.Views.PublishPrimary("a", fromServer.Port);
            await using var fromClients = new ChunkingRelay(server.Proxy.Primary, Chunking.OfSeed(Seed + 1));
            _ = await server.Postgres.ScalarAsync("CREATE TABLE tags (v text)");
            using var done = new CancellationTokenSource();
            var killing = KillAsync(server, done.Token);

            var clients = Enumerable.Range(0, Clients)
                .Select(number => new TaggedClient(
                    new IPEndPoint(IPAddress.Loopback, fromClients.Port), Seed, number, mayPin: poolSize > 1))
                .ToArray();
            await Task.WhenAll(clients.Select(static client => client.RunAsync(Rounds)));
            await done.CancelAsync();
            await killing;
            Array.ForEach(clients, static client => client.Dispose());

            Assert.True(clients.Sum(static client => client.Answers) > Clients * Rounds / 2, "most requests were answered");
            await RestsAsync(server, poolSize);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>Waits until every client has gone and every server connection is idle.</summary>
    private static async Task RestsAsync(Server server, int poolSize)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var pools = await server.Proxy.Server.PoolsAsync();
            var isAtRest = pools.All(static pool => pool is
            {
                ClientsActive: 0, ClientsWaiting: 0, ClientsPinned: 0, ServersActive: 0, ServersTested: 0, ServersLogin: 0,
            });
            if (isAtRest)
            {
                Assert.InRange(pools.Sum(static pool => pool.ServersIdle + pool.ServersUsed), 0, poolSize);
                return;
            }

            Assert.False(bound.IsCancellationRequested, string.Join('\n', pools));
            await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
        }
    }

    /// <summary>Kills a server process now and then, whatever it is doing.</summary>
    private static async Task KillAsync(Server server, CancellationToken done)
    {
        await using var killer = await server.Postgres.ConnectAsync();
        while (!done.IsCancellationRequested)
        {
            _ = await Testing.Postgres.ScratchPostgres.ScalarAsync(killer, """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE client_port > 0 AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1
                """);
            await Task.Delay(TimeSpan.FromMilliseconds(150), CancellationToken.None);
        }
    }

    private static int NumberOf(string name, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number) ? number : usual;

    private sealed class Server(int poolSize) : RealServer
    {
        protected override ProxyOptions Options => new()
        {
            Pool = new PoolOptions
            {
                Mode = PoolMode.Transaction,
                PoolSize = poolSize,
                MaxPreparedStatements = 3,
                Authentication = AuthType.Any,
            },
        };
    }
}
