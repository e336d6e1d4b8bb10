using System.Globalization;
using Npgsql;

namespace Router.Proxy.Tests.Integration;

/// <summary>Many clients listen through one server connection, and miss nothing.</summary>
[Trait("Category", "Integration")]
public sealed class NotifyHubTests(PooledServer server) : IClassFixture<PooledServer>
{
    private const int Listeners = 12;
    private const int Notifications = 400;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Who_begins_to_listen_in_the_middle_hears_the_rest_once_and_in_order()
    {
        await server.DirectAsync("CREATE TABLE told (number int)");
        var sending = SendAsync();
        var listeners = Enumerable.Range(0, Listeners).Select(async index =>
        {
            await Task.Delay(index * 20);
            await using var session = await OpenAsync();
            var heard = new List<int>();
            session.Notification += (_, told) => heard.Add(int.Parse(told.Payload, CultureInfo.InvariantCulture));
            await RunAsync(session, "LISTEN numbers");
            var before = (int)(await RunAsync(session, "SELECT coalesce(max(number), -1) FROM told"))!;
            using var bound = new CancellationTokenSource(Bound);
            while (!heard.Contains(Notifications - 1))
            {
                await session.WaitAsync(bound.Token);
            }

            Assert.InRange(heard[0], 0, before + 1);
            Assert.Equal(Enumerable.Range(heard[0], Notifications - heard[0]), heard);
        });
        await Task.WhenAll(listeners);
        await sending;

        async Task SendAsync()
        {
            await using var session = await OpenAsync();
            for (var number = 0; number < Notifications; number++)
            {
                await RunAsync(session, $"BEGIN; INSERT INTO told VALUES ({number}); NOTIFY numbers, '{number}'; COMMIT");
            }
        }
    }

    [Fact]
    public async Task More_clients_listen_than_the_pool_has_connections_and_none_is_pinned()
    {
        var sessions = new List<NpgsqlConnection>();
        for (var index = 0; index < 2 * PooledServer.PoolSize; index++)
        {
            sessions.Add(await OpenAsync());
            await RunAsync(sessions[^1], "LISTEN crowd");
            await RunAsync(sessions[^1], "SELECT 1");
        }

        Assert.DoesNotContain("crowd", await server.ShowAsync("PINS"), StringComparison.Ordinal);
        var hearing = sessions.ConvertAll(static session => HeardAsync(session));
        await using (var sender = await OpenAsync())
        {
            await RunAsync(sender, "NOTIFY crowd, 'all of you'");
        }

        Assert.All(await Task.WhenAll(hearing), heard => Assert.Equal("all of you", heard));
        foreach (var session in sessions)
        {
            await session.DisposeAsync();
        }
    }

    [Fact]
    public async Task Unlisten_is_for_good_where_it_is_committed()
    {
        await using var session = await OpenAsync();
        var heard = new List<string>();
        session.Notification += (_, told) => heard.Add($"{told.Channel} {told.Payload}");
        await RunAsync(session, "LISTEN gone; LISTEN \"Kept\"");
        await RunAsync(session, "BEGIN; UNLISTEN \"Kept\"; ROLLBACK");
        await RunAsync(session, "UNLISTEN gone");
        await server.DirectAsync("NOTIFY gone, 'unheard'");
        await server.DirectAsync("NOTIFY \"Kept\", 'heard'");
        using var bound = new CancellationTokenSource(Bound);
        await session.WaitAsync(bound.Token);
        Assert.Equal(["Kept heard"], heard);
        await RunAsync(session, "UNLISTEN *");
        await server.DirectAsync("NOTIFY \"Kept\", 'unheard'");
        await RunAsync(session, "SELECT pg_sleep(0.2)");
        Assert.Single(heard);
    }

    [Fact]
    public async Task Who_listens_is_told_when_the_hub_is_lost()
    {
        await using var session = await OpenAsync();
        await RunAsync(session, "LISTEN lost");
        await RunAsync(session, "SELECT 1");
        await server.DirectAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND query LIKE 'LISTEN%router_hub%'");
        using var bound = new CancellationTokenSource(Bound);
        var lost = await Assert.ThrowsAsync<PostgresException>(() => session.WaitAsync(bound.Token));
        Assert.Equal("57P01", lost.SqlState);

        // And the pool lives on.
        await using var other = await OpenAsync();
        Assert.Equal(1, await RunAsync(other, "SELECT 1"));
    }

    private static async Task<string> HeardAsync(NpgsqlConnection session)
    {
        string? heard = null;
        session.Notification += (_, told) => heard = told.Payload;
        using var bound = new CancellationTokenSource(Bound);
        while (heard is null)
        {
            await session.WaitAsync(bound.Token);
        }

        return heard;
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var session = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server.ConnectionString)
        {
            Password = PooledServer.Password,
            Pooling = false,
        }.ConnectionString);
        await session.OpenAsync();
        return session;
    }

    private static async Task<object?> RunAsync(NpgsqlConnection session, string sql)
    {
        await using var command = new NpgsqlCommand(sql, session);
        return await command.ExecuteScalarAsync();
    }
}
