using Router.Protocol;
using Router.Testing.Proxy;

namespace Router.Proxy.Tests.Integration;

/// <summary>What a client hears when a real PostgreSQL ends its session.</summary>
[Trait("Category", "Integration")]
public sealed class ServerEndTests(RealServer server) : IClassFixture<RealServer>
{
    [Fact]
    public async Task A_backend_terminated_while_idle_says_57P01_itself()
    {
        using var client = await WirePeer.ConnectAsync(server.Proxy.Primary);
        var key = await client.LogInAsync("postgres");
        await server.Postgres.ScalarAsync($"SELECT pg_terminate_backend({key.ProcessId})");
        var error = (await client.ReadAsync()).Error;
        Assert.Equal(
            (SqlState.AdminShutdown, "terminating connection due to administrator command"), (error.Code, error.Message));
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task A_backend_terminated_in_a_request_is_told_as_08007()
    {
        using var client = await WirePeer.ConnectAsync(server.Proxy.Primary);
        var key = await client.LogInAsync("postgres");
        await client.QueryAsync("SELECT pg_sleep(600)");
        await SeeAsync($"SELECT count(*) FROM pg_stat_activity WHERE pid = {key.ProcessId} AND wait_event = 'PgSleep'");
        await server.Postgres.ScalarAsync($"SELECT pg_terminate_backend({key.ProcessId})");
        Assert.Equal(SqlState.TransactionResolutionUnknown, (await client.ReadUntilAsync('E')).Error.Code);
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task A_killed_server_is_told_as_08007_in_a_request_and_as_57P01_without_one()
    {
        using var busy = await WirePeer.ConnectAsync(server.Proxy.Primary);
        using var idle = await WirePeer.ConnectAsync(server.Proxy.Primary);
        var key = await busy.LogInAsync("postgres");
        _ = await idle.LogInAsync("postgres");
        await busy.QueryAsync("SELECT pg_sleep(600)");
        await SeeAsync($"SELECT count(*) FROM pg_stat_activity WHERE pid = {key.ProcessId} AND wait_event = 'PgSleep'");

        // An immediate shutdown: backends send a warning, then the connection just ends.
        await Testing.Postgres.ScratchPostgres.SignalAsync("QUIT", server.Postgres.PostmasterPid);
        Assert.Equal(SqlState.TransactionResolutionUnknown, (await busy.ReadUntilAsync('E')).Error.Code);
        Assert.Equal(SqlState.AdminShutdown, (await idle.ReadUntilAsync('E')).Error.Code);

        // Who comes now waits until the server is back.
        using var waiting = await WirePeer.ConnectAsync(server.Proxy.Primary);
        var login = waiting.LogInAsync("postgres");
        await Testing.Eventually.TrueAsync(() => server.Postgres.Processes().Count == 0, "the server has ended");
        await server.Postgres.StartAsync();
        _ = await login;
    }

    private async Task SeeAsync(string sql)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await server.Postgres.ScalarAsync(sql) != "1")
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), bound.Token);
        }
    }
}
