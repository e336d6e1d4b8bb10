using Router.Protocol;
using Router.Protocol.Authentication;
using Router.Protocol.Messages;
using Router.Proxy.Authentication;
using Router.Proxy.Pooling;
using Router.Testing;
using Router.Testing.Proxy;
using static Router.Testing.Proxy.PoolScript;

namespace Router.Proxy.Tests.Console;

/// <summary>What an operator orders on the console, and what clients see of it.</summary>
public sealed class OperatorCommandTests : IAsyncLifetime
{
    private readonly PoolScript _pool = new(new PoolOptions
    {
        Mode = PoolMode.Transaction,
        PoolSize = 1,
        Authentication = AuthType.Trust,
        AdminUsers = ["admin"],
        StatsUsers = ["monitor"],
        Users = new UserList(new[] { "admin", "monitor", "app" }
            .Select(static name => KeyValuePair.Create(name, StoredPassword.Parse("x")))),
    });

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _pool.DisposeAsync();

    [Theory]
    [InlineData("PAUSE", "RESUME")]
    [InlineData("PAUSE app", "RESUME app")]
    public async Task A_paused_client_waits_without_an_error_and_is_served_after_RESUME(string pause, string resume)
    {
        var (client, backend) = await _pool.FirstAsync();
        var console = await OpenAsync();
        Assert.Equal(pause.Split(' ')[0], await RunAsync(console, pause));
        _ = await backend.ReadUntilAsync('X');
        Assert.True(await backend.IsClosedAsync());

        await client.QueryAsync("SELECT 1");
        await Eventually.TrueAsync(() => _pool.Proxy.Server.Snapshot().PoolClientsWaiting == 1, "the client waits");
        Assert.Equal("RESUME", await RunAsync(console, resume));
        await AnswerAsync(await _pool.OpenedAsync(), "SELECT 1");
        _ = await client.ReadUntilAsync('Z');
    }

    [Fact]
    public async Task PAUSE_is_answered_when_the_last_transaction_is_over()
    {
        var (client, backend) = await _pool.FirstAsync();
        await RoundTripAsync(client, backend, "BEGIN", TransactionStatus.InTransaction);
        var console = await OpenAsync();
        var pausing = RunAsync(console, "PAUSE");
        var other = await OpenAsync();
        await UntilPausedAsync(other);
        Assert.False(pausing.IsCompleted);
        await RoundTripAsync(client, backend, "COMMIT");
        Assert.Equal("PAUSE", await pausing);
        Assert.Equal("already suspended/paused", await RunAsync(other, "PAUSE"));
    }

    [Fact]
    public async Task A_client_that_waits_in_a_pause_goes_to_the_new_primary()
    {
        var (client, _) = await _pool.FirstAsync();
        var console = await OpenAsync();
        _ = await RunAsync(console, "PAUSE");
        await client.QueryAsync("SELECT 1");
        await Eventually.TrueAsync(() => _pool.Proxy.Server.Snapshot().PoolClientsWaiting == 1, "the client waits");
        using var successor = new BackendScript();
        _pool.Proxy.Views.PublishHold("the leader is gone");
        _pool.Proxy.Views.PublishPrimary("b", successor.Port, timeline: 2);
        _ = await RunAsync(console, "RESUME");
        await AnswerAsync(await _pool.OpenedAsync(successor), "SELECT 1");
        _ = await client.ReadUntilAsync('Z');
    }

    [Fact]
    public async Task KILL_ends_clients_and_leaves_the_database_paused()
    {
        var (client, _) = await _pool.FirstAsync();
        var console = await OpenAsync();
        Assert.Equal("KILL", await RunAsync(console, "KILL app"));
        Assert.Equal(SqlState.AdminShutdown, (await FinalErrorAsync(client)).Code);
        await Eventually.TrueAsync(() => _pool.Proxy.Server.Snapshot().PoolServers == 0, "the server connection is closed");
        Assert.Equal("pooler is not paused/suspended", await RunAsync(console, "RESUME"));
        Assert.Equal("RESUME", await RunAsync(console, "RESUME app"));
        Assert.Equal("database app is not paused", await RunAsync(console, "RESUME app"));
    }

    [Fact]
    public async Task KILL_CLIENT_ends_the_one_with_this_number()
    {
        var (client, _) = await _pool.FirstAsync();
        var other = await _pool.NextAsync();
        var console = await OpenAsync();
        var ids = (await ShowAsync(console, "SHOW CLIENTS")).FindAll(IsApp).ConvertAll(static row => row.Split(' ')[^1]);
        Assert.Equal("client not found", await RunAsync(console, "KILL_CLIENT 999"));
        Assert.Equal("invalid client pointer supplied", await RunAsync(console, "KILL_CLIENT"));
        Assert.Equal("KILL_CLIENT", await RunAsync(console, $"KILL_CLIENT {ids[0]}"));
        Assert.Equal("an operator ended the session", (await FinalErrorAsync(client)).Message);
        Assert.Single(await ShowAsync(console, "SHOW CLIENTS"), IsApp);
        Assert.Equal("KILL_CLIENT", await RunAsync(console, $"KILL_CLIENT {ids[1]}"));
        _ = await FinalErrorAsync(other);
    }

    [Fact]
    public async Task DISABLE_refuses_new_clients_and_keeps_the_old()
    {
        var (client, backend) = await _pool.FirstAsync();
        var console = await OpenAsync();
        Assert.Equal("DISABLE", await RunAsync(console, "DISABLE app"));
        using var second = await _pool.Proxy.ConnectAsync();
        await second.SendAsync(new StartupMessage(ProtocolVersion.V30, [new("user", "app")]).Write);
        Assert.Equal("database \"app\" is disabled", (await FinalErrorAsync(second)).Message);
        await RoundTripAsync(client, backend, "SELECT 1");
        Assert.Equal("ENABLE", await RunAsync(console, "ENABLE app"));
        _ = await _pool.NextAsync();
    }

    [Fact]
    public async Task RECONNECT_replaces_a_connection_when_it_is_free_and_WAIT_CLOSE_waits_for_that()
    {
        var (client, backend) = await _pool.FirstAsync();
        await RoundTripAsync(client, backend, "BEGIN", TransactionStatus.InTransaction);
        var console = await OpenAsync();
        Assert.Equal("RECONNECT", await RunAsync(console, "RECONNECT app"));
        var waiting = RunAsync(console, "WAIT_CLOSE");
        await RoundTripAsync(client, backend, "COMMIT");
        Assert.Equal("WAIT_CLOSE", await waiting);
        Assert.Empty(await ShowAsync(console, "SHOW SERVERS"));
        await client.QueryAsync("SELECT 1");
        await AnswerAsync(await _pool.OpenedAsync(), "SELECT 1");
    }

    [Fact]
    public async Task SUSPEND_ends_with_the_last_operator()
    {
        var (client, backend) = await _pool.FirstAsync();
        var console = await OpenAsync();
        Assert.Equal("SUSPEND", await RunAsync(console, "SUSPEND"));
        await client.QueryAsync("SELECT 1");
        await Eventually.TrueAsync(() => _pool.Proxy.Server.Snapshot().PoolClientsWaiting == 1, "the client waits");
        console.Dispose();
        await AnswerAsync(backend, "SELECT 1");
        _ = await client.ReadUntilAsync('Z');
    }

    [Fact]
    public async Task SUSPEND_stops_an_open_transaction_too_and_RESUME_lets_it_go_on()
    {
        var (client, backend) = await _pool.FirstAsync();
        await RoundTripAsync(client, backend, "BEGIN", TransactionStatus.InTransaction);
        var console = await OpenAsync();
        Assert.Equal("SUSPEND", await RunAsync(console, "SUSPEND"));
        await client.QueryAsync("COMMIT");

        // Two round trips of the console behind it, and nothing has reached the server.
        _ = await ShowAsync(console, "SHOW POOLS");
        Assert.Equal(["active no", "paused no", "suspended yes"], await ShowAsync(console, "SHOW STATE"));
        Assert.Equal(0, backend.Socket.Available);
        Assert.Equal("RESUME", await RunAsync(console, "RESUME"));
        await AnswerAsync(backend, "COMMIT");
        _ = await client.ReadUntilAsync('Z');
    }

    [Fact]
    public async Task A_stats_user_looks_and_orders_nothing()
    {
        var console = await OpenAsync("monitor");
        _ = await ShowAsync(console, "SHOW POOLS");
        foreach (var order in new[] { "PAUSE", "RELOAD", "SET pool_mode = session", "KILL_CLIENT 1", "SHOW FDS", "SHUTDOWN" })
        {
            Assert.Equal("admin access needed", await RunAsync(console, order));
        }
    }

    [Fact]
    public async Task An_operator_who_leaves_does_not_wait_for_his_PAUSE()
    {
        var (client, backend) = await _pool.FirstAsync();
        await RoundTripAsync(client, backend, "BEGIN", TransactionStatus.InTransaction);
        using (var console = await OpenAsync())
        {
            await console.QueryAsync("PAUSE");
        }

        var other = await OpenAsync();
        await UntilPausedAsync(other);
        Assert.Equal("RESUME", await RunAsync(other, "RESUME"));
        await RoundTripAsync(client, backend, "COMMIT");
        await RoundTripAsync(client, backend, "SELECT 1");
    }

    private static async Task UntilPausedAsync(WirePeer console)
    {
        while (!(await ShowAsync(console, "SHOW STATE")).Contains("paused yes"))
        {
            // Asked anew: an answer is a round trip.
        }
    }

    private static bool IsApp(string row) => row.StartsWith("C app app ", StringComparison.Ordinal);

    private async Task<WirePeer> OpenAsync(string user = "admin")
    {
        var client = await _pool.Proxy.ConnectAsync();
        await client.SendAsync(new StartupMessage(
            ProtocolVersion.V30, [new("user", user), new("database", "pgbouncer")]).Write);
        _ = await client.ReadUntilAsync('Z');
        return client;
    }

    /// <summary>The tag of the answer, or the error.</summary>
    private static async Task<string> RunAsync(WirePeer console, string command)
    {
        await console.QueryAsync(command);
        var answer = "";
        while (await console.ReadAsync() is { Type: not 'Z' } message)
        {
            answer = message.Type switch
            {
                'C' => CommandComplete.Parse(message.Body)!.Tag,
                'E' => message.Error.Message,
                _ => answer,
            };
        }

        return answer;
    }

    /// <summary>Each row, its values with blanks between them.</summary>
    private static async Task<List<string>> ShowAsync(WirePeer console, string command)
    {
        await console.QueryAsync(command);
        var rows = new List<string>();
        while (await console.ReadAsync() is { Type: not 'Z' } message)
        {
            if (message.Type == 'D')
            {
                rows.Add(string.Join(' ', DataRow.Parse(message.Body)!.Values));
            }
        }

        return rows;
    }
}
