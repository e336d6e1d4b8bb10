using Router.Protocol;
using Router.Protocol.Authentication;
using Router.Protocol.Messages;
using Router.Proxy.Authentication;
using Router.Proxy.Pooling;
using Router.Testing;
using Router.Testing.Proxy;
using static Router.Testing.Proxy.PoolScript;

namespace Router.Proxy.Tests.Console;

/// <summary>The virtual database pgbouncer, by simple and extended protocol.</summary>
public sealed class ConsoleSessionTests : IAsyncLifetime
{
    private readonly PoolScript _pool = new(
        new PoolOptions
        {
            Mode = PoolMode.Transaction,
            PoolSize = 1,
            Authentication = AuthType.Trust,
            AdminUsers = ["admin"],
            StatsUsers = ["monitor"],
            Users = new UserList(new[] { "admin", "monitor", "app" }
                .Select(static name => KeyValuePair.Create(name, StoredPassword.Parse("x")))),
        },
        new ProxyOptions { MaxClientConnections = 2 });

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _pool.DisposeAsync();

    [Fact]
    public async Task Pools_are_shown_as_they_are()
    {
        var (working, backend) = await _pool.FirstAsync();
        var waiting = await _pool.NextAsync();
        await RoundTripAsync(working, backend, "BEGIN", TransactionStatus.InTransaction);
        await waiting.QueryAsync("SELECT 1");
        await Eventually.TrueAsync(() => _pool.Proxy.Server.Snapshot().PoolClientsWaiting == 1, "a client waits");
        var console = await OpenAsync();
        var pool = (await ShowAsync(console, "SHOW POOLS")).Single(static pool => pool["database"] == "app");
        Assert.Equal(
            ("app", "app", "1", "1", "1", "0", "transaction"),
            (pool["database"], pool["user"], pool["cl_active"], pool["cl_waiting"], pool["sv_active"], pool["sv_idle"], pool["pool_mode"]));

        var clients = (await ShowAsync(console, "SHOW CLIENTS")).FindAll(static client => client["database"] == "app");
        var server = Assert.Single(await ShowAsync(console, "SHOW SERVERS"));
        Assert.Equal(["active", "waiting"], clients.Select(static client => client["state"]).Order(StringComparer.Ordinal));
        var active = clients.Single(static client => client["state"] == "active");
        Assert.Equal((server["ptr"], active["ptr"], "4711"), (active["link"], server["link"], server["remote_pid"]));
    }

    [Fact]
    public async Task Statistics_count_transactions_queries_and_bytes()
    {
        var (client, backend) = await _pool.FirstAsync();
        await RoundTripAsync(client, backend, "BEGIN", TransactionStatus.InTransaction);
        await RoundTripAsync(client, backend, "COMMIT");
        await RoundTripAsync(client, backend, "SELECT 1");
        var console = await OpenAsync();
        var stats = (await ShowAsync(console, "SHOW STATS")).Single(static row => row["database"] == "app");
        Assert.Equal(
            ("2", "3", "1"), (stats["total_xact_count"], stats["total_query_count"], stats["total_client_login_count"]));
        Assert.Equal("37", stats["total_received"]);
        var totals = await ShowAsync(console, "SHOW TOTALS");
        Assert.Equal(24, totals.Count);
        Assert.Contains(totals, static row => row["name"] == "total_xact_count" && row["value"] == "4");
    }

    [Theory]
    [InlineData("SHOW VERSION")]
    [InlineData("SHOW DATABASES")]
    [InlineData("SHOW LISTS")]
    [InlineData("SHOW CONFIG")]
    [InlineData("SHOW STATE")]
    [InlineData("SHOW ROUTES")]
    public async Task Everything_that_can_be_shown_is_shown_alike_by_both_protocols(string command)
    {
        var console = await OpenAsync("monitor");
        var simple = await ShowAsync(console, command);
        Assert.NotEmpty(simple);
        await console.SendAsync(writer =>
        {
            writer.Begin(MessageType.Parse).Text("").Text(command).Int16(0).End();
            writer.Begin(MessageType.Bind).Text("").Text("").Int16(0).Int16(0).Int16(0).End();
            writer.Begin(MessageType.Describe).Byte((byte)'P').Text("").End();
            writer.Begin(MessageType.Execute).Text("").Int32(0).End();
            writer.Begin(MessageType.Sync).End();
        });
        Assert.Equal(simple, await RowsAsync(console));
    }

    [Fact]
    public async Task A_command_that_nobody_knows_fails_alone()
    {
        var console = await OpenAsync();
        await console.QueryAsync("SHOW NOTHING");
        var error = ErrorResponse.Parse((await console.ReadAsync()).Body)!;
        Assert.Equal((ErrorSeverity.Error, "invalid command 'SHOW NOTHING', use SHOW HELP;"), (error.Severity, error.Message));
        Assert.Equal('Z', (await console.ReadAsync()).Type);
        Assert.NotEmpty(await ShowAsync(console, "SHOW VERSION"));
    }

    [Fact]
    public async Task Behind_an_error_everything_is_skipped_up_to_Sync()
    {
        var console = await OpenAsync();
        await console.SendAsync(static writer =>
        {
            writer.Begin(MessageType.Bind).Text("").Text("missing").Int16(0).Int16(0).Int16(0).End();
            writer.Begin(MessageType.Execute).Text("").Int32(0).End();
            writer.Begin(MessageType.Sync).End();
        });
        var error = ErrorResponse.Parse((await console.ReadAsync()).Body)!;
        Assert.Equal(SqlState.InvalidStatementName, error.Code);
        Assert.Equal('Z', (await console.ReadAsync()).Type);
    }

    [Fact]
    public async Task The_console_is_open_when_max_client_conn_is_reached()
    {
        _ = await _pool.FirstAsync();
        _ = await _pool.NextAsync();
        using (var third = await _pool.Proxy.ConnectAsync())
        {
            await third.SendAsync(new StartupMessage(ProtocolVersion.V30, [new("user", "app")]).Write);
            Assert.Equal(SqlState.TooManyConnections, (await FinalErrorAsync(third)).Code);
        }

        Assert.NotEmpty(await ShowAsync(await OpenAsync(), "SHOW POOLS"));
    }

    [Fact]
    public async Task Who_is_not_listed_is_not_let_in()
    {
        using var client = await BeginAsync("app");
        Assert.Equal(SqlState.InsufficientPrivilege, (await FinalErrorAsync(client)).Code);
    }

    private async Task<WirePeer> BeginAsync(string user)
    {
        var client = await _pool.Proxy.ConnectAsync();
        await client.SendAsync(new StartupMessage(
            ProtocolVersion.V30, [new("user", user), new("database", "pgbouncer")]).Write);
        return client;
    }

    private async Task<WirePeer> OpenAsync(string user = "admin")
    {
        var client = await BeginAsync(user);
        _ = await client.ReadUntilAsync('Z');
        return client;
    }

    private static async Task<List<Dictionary<string, string?>>> ShowAsync(WirePeer console, string command)
    {
        await console.QueryAsync(command);
        return await RowsAsync(console);
    }

    private static async Task<List<Dictionary<string, string?>>> RowsAsync(WirePeer console)
    {
        var rows = new List<Dictionary<string, string?>>();
        var columns = Array.Empty<string>();
        while (await console.ReadAsync() is { Type: not 'Z' } message)
        {
            switch (message.Type)
            {
                case 'T':
                    columns = [.. RowDescription.Parse(message.Body)!.Fields.Select(static field => field.Name)];
                    break;
                case 'D':
                    rows.Add(columns.Zip(DataRow.Parse(message.Body)!.Values).ToDictionary(static p => p.First, static p => p.Second));
                    break;
                case 'E':
                    throw new InvalidOperationException(ErrorResponse.Parse(message.Body)!.Message);
                default:
                    break;
            }
        }

        return rows;
    }
}
