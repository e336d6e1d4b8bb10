using System.Net;
using Router.Protocol.Messages;
using Router.Testing;
using Router.Testing.Proxy;

namespace Router.Integration.Tests.Bouncer;

/// <summary>Two processes behind one port: who cancels reaches whichever the kernel likes, and the right server hears of it.</summary>
[Trait("Category", "Integration")]
public sealed class PeerTests(BouncerServer server) : IClassFixture<BouncerServer>
{
    [Fact]
    public async Task Whichever_process_a_cancel_request_comes_to_it_ends_the_request_of_its_client_and_no_other()
    {
        var port = FreePort.Take(1)[0];
        var (firstPlace, secondPlace) = (PoolerProcess.NewDirectory(), PoolerProcess.NewDirectory());
        using var first = await StartAsync(1, firstPlace);
        using var second = await StartAsync(2, secondPlace);
        var (one, oneKey) = await ConnectAsync(first.Socket);
        var (other, otherKey) = await ConnectAsync(second.Socket);
        using (one)
        using (other)
        {
            // Crosswise, by addresses that are each one's own.
            await one.QueryAsync("SELECT pg_sleep(600)");
            await other.QueryAsync("SELECT pg_sleep(600), 'other'");
            await UntilSleepingAsync(first, 2);
            await CancelAsync(second.Socket, oneKey);
            await ExpectCanceledAsync(one);
            Assert.Equal("1", await SleepersAsync());
            await CancelAsync(first.Socket, otherKey);
            await ExpectCanceledAsync(other);

            // By the address that they share.
            for (var i = 0; i < 20; i++)
            {
                var (client, key) = await ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
                using (client)
                {
                    await client.QueryAsync("SELECT pg_sleep(600)");
                    await UntilSleepingAsync(first, 1);
                    await CancelAsync(new IPEndPoint(IPAddress.Loopback, port), key);
                    await ExpectCanceledAsync(client);
                }
            }
        }

        Assert.Equal(
            $"peer_id|host|port|pool_size\n2|{secondPlace}|{port}|7\n(1 row)\n",
            (await first.PsqlAsync("admin", "pgbouncer", "SHOW PEERS", host: firstPlace)).Output);

        Task<PoolerProcess> StartAsync(int id, string directory) => server.StartRouterAsync(
            $"""
            so_reuseport = 1
            pool_mode = transaction
            peer_id = {id}
            [peers]
            1 = host={firstPlace} port={port}
            2 = host={secondPlace} port={port} pool_size=7
            """,
            place: (directory, port));
    }

    private static async Task<(WirePeer Client, BackendKeyData Key)> ConnectAsync(EndPoint endPoint)
    {
        var client = await WirePeer.ConnectAsync(endPoint);
        return (client, await client.LogInAsync("app", "db1"));
    }

    private static async Task CancelAsync(EndPoint endPoint, BackendKeyData key)
    {
        using var asking = await WirePeer.ConnectAsync(endPoint);
        await asking.SendAsync(new CancelRequest(key.ProcessId, key.Key).Write);
        Assert.True(await asking.IsClosedAsync());
    }

    private static async Task ExpectCanceledAsync(WirePeer client)
    {
        Assert.Equal("57014", ErrorResponse.Parse((await client.ReadUntilAsync('E')).Body)!.Code);
        _ = await client.ReadUntilAsync('Z');
    }

    private Task<string> SleepersAsync() =>
        server.Postgres.ScalarAsync("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'");

    private Task UntilSleepingAsync(PoolerProcess pooler, int count) => pooler.UntilAsync(
        async () => await SleepersAsync() == $"{count}", $"{count} clients sleep");
}
