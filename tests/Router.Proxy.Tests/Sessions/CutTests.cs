using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Testing;
using Router.Testing.Proxy;

namespace Router.Proxy.Tests.Sessions;

/// <summary>What a client hears when its session is cut (S20, S22).</summary>
public sealed class CutTests : IAsyncLifetime
{
    private readonly ProxyHarness _proxy = new(new ProxyOptions { HoldTimeout = TimeSpan.FromSeconds(50) });
    private readonly BackendScript _script = new();
    private readonly BackendScript _other = new();

    public Task InitializeAsync()
    {
        _proxy.Views.PublishPrimary("a", _script.Port);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _script.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task An_idle_session_hears_57P01_when_another_primary_takes_over()
    {
        var (client, backend) = await _proxy.OpenSessionAsync(_script);
        _proxy.Views.PublishPrimary("b", _other.Port, timeline: 2);
        Assert.Equal(SqlState.AdminShutdown, (await client.ReadAsync()).Error.Code);
        Assert.True(await client.IsClosedAsync());
        Assert.True(await backend.IsClosedAsync());
        Assert.Equal(1, _proxy.Server.Snapshot().FinalErrorsTotal[SqlState.AdminShutdown]);
    }

    [Fact]
    public async Task A_transaction_without_a_request_in_flight_hears_57P01()
    {
        var (client, backend) = await _proxy.OpenSessionAsync(_script);
        await client.QueryAsync("BEGIN");
        _ = await backend.ReadAsync();
        await backend.SendAsync(new ReadyForQuery(TransactionStatus.InTransaction).Write);
        _ = await client.ReadUntilAsync('Z');
        _proxy.Views.PublishPrimary("b", _other.Port, timeline: 2);
        Assert.Equal(SqlState.AdminShutdown, (await client.ReadAsync()).Error.Code);
    }

    [Fact]
    public async Task A_request_in_flight_hears_08007()
    {
        var (client, backend) = await _proxy.OpenSessionAsync(_script);
        await client.QueryAsync("COMMIT");
        _ = await backend.ReadAsync();
        _proxy.Views.PublishPrimary("b", _other.Port, timeline: 2);
        var error = (await client.ReadAsync()).Error;
        Assert.Equal((ErrorSeverity.Fatal, SqlState.TransactionResolutionUnknown), (error.Severity, error.Code));
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task A_first_byte_of_a_request_is_a_request_in_flight()
    {
        var (client, backend) = await _proxy.OpenSessionAsync(_script);
        await client.SendAsync(new byte[] { MessageType.Query });
        Assert.Equal(MessageType.Query, await backend.ReadByteAsync());
        _proxy.Views.PublishPrimary("b", _other.Port, timeline: 2);
        Assert.Equal(SqlState.TransactionResolutionUnknown, (await client.ReadAsync()).Error.Code);
    }

    [Fact]
    public async Task Extended_messages_without_their_Sync_are_in_flight()
    {
        var (client, backend) = await _proxy.OpenSessionAsync(_script);
        await client.SendAsync(w => w.Begin(MessageType.Parse).Text("").Text("SELECT 1").Int16(0).End());
        _ = await backend.ReadAsync();
        _proxy.Views.PublishPrimary("b", _other.Port, timeline: 2);
        Assert.Equal(SqlState.TransactionResolutionUnknown, (await client.ReadAsync()).Error.Code);
    }

    [Fact]
    public async Task In_the_middle_of_a_message_to_the_client_the_connection_just_closes()
    {
        var (client, backend) = await _proxy.OpenSessionAsync(_script);
        await client.QueryAsync("SELECT big");
        _ = await backend.ReadAsync();
        await backend.SendAsync(new byte[] { MessageType.DataRow, 0, 0, 1, 0, 1, 2, 3 });
        for (var i = 0; i < 8; i++)
        {
            _ = await client.ReadByteAsync();
        }

        _proxy.Views.PublishPrimary("b", _other.Port, timeline: 2);
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task The_same_primary_under_a_new_key_cuts_nothing()
    {
        var (client, backend) = await _proxy.OpenSessionAsync(_script);
        _proxy.Views.PublishHold("the leader has not been verified yet");
        _proxy.Views.PublishPrimary("a", _script.Port);
        await AskAsync(client, backend);
    }

    [Fact]
    public async Task A_backend_that_dies_with_a_request_in_flight_gives_08007()
    {
        var (client, backend) = await _proxy.OpenSessionAsync(_script);
        await client.QueryAsync("COMMIT");
        _ = await backend.ReadAsync();
        backend.Socket.Close(timeout: 0);
        Assert.Equal(SqlState.TransactionResolutionUnknown, (await client.ReadAsync()).Error.Code);
    }

    [Fact]
    public async Task A_backend_that_dies_while_idle_gives_57P01()
    {
        var (client, backend) = await _proxy.OpenSessionAsync(_script);
        backend.Dispose();
        Assert.Equal(SqlState.AdminShutdown, (await client.ReadAsync()).Error.Code);
        Assert.True(await client.IsClosedAsync());
    }

    [Theory]
    [InlineData(SqlState.AdminShutdown)]
    [InlineData(SqlState.CrashShutdown)]
    public async Task The_servers_own_shutdown_message_becomes_08007_for_a_request_in_flight(string sqlState)
    {
        for (var piece = 1; piece < 60; piece += 7)
        {
            var (client, backend) = await _proxy.OpenSessionAsync(_script);
            await client.QueryAsync("COMMIT");
            _ = await backend.ReadAsync();
            await SendInPiecesAsync(backend, ErrorResponse.Fatal(sqlState, "terminating connection"), piece);
            var error = (await client.ReadAsync()).Error;
            Assert.Equal((ErrorSeverity.Fatal, SqlState.TransactionResolutionUnknown), (error.Severity, error.Code));
            Assert.True(await client.IsClosedAsync());
        }
    }

    [Fact]
    public async Task The_servers_own_shutdown_message_reaches_an_idle_session_unchanged()
    {
        var (client, backend) = await _proxy.OpenSessionAsync(_script);
        await backend.SendAsync(ErrorResponse.Fatal(SqlState.AdminShutdown, "terminating connection").Write);
        backend.Socket.Close();
        Assert.Equal("terminating connection", (await client.ReadAsync()).Error.Message);
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task Another_final_error_passes_in_flight_and_stays_the_only_one()
    {
        var (client, backend) = await _proxy.OpenSessionAsync(_script);
        await client.QueryAsync("SELECT 1");
        _ = await backend.ReadAsync();
        await backend.SendAsync(ErrorResponse.Fatal("25P04", "transaction timeout").Write);
        backend.Socket.Close();
        Assert.Equal("25P04", (await client.ReadAsync()).Error.Code);
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task An_ordinary_error_streams_whatever_pieces_it_comes_in()
    {
        var (client, backend) = await _proxy.OpenSessionAsync(_script);
        for (var piece = 1; piece < 40; piece += 3)
        {
            await client.QueryAsync("SELECT 1/0");
            _ = await backend.ReadAsync();
            var error = new ErrorResponse(ErrorSeverity.Error, "22012", "division by zero");
            await SendInPiecesAsync(backend, error, piece);
            await backend.SendAsync(new ReadyForQuery(TransactionStatus.Idle).Write);
            Assert.Equal(error, (await client.ReadAsync()).Error);
            Assert.Equal('Z', (await client.ReadAsync()).Type);
        }
    }

    [Fact]
    public async Task A_message_with_an_impossible_length_ends_the_session_with_08P01()
    {
        var (client, backend) = await _proxy.OpenSessionAsync(_script);
        await client.SendAsync(new byte[] { MessageType.Query, 0x7F, 0xFF, 0xFF, 0xFF, 1, 2, 3 });
        Assert.Equal(SqlState.ProtocolViolation, (await client.ReadAsync()).Error.Code);
        Assert.True(await backend.IsClosedAsync());
    }

    [Fact]
    public async Task A_held_request_reaches_no_server_and_goes_on_when_the_hold_ends()
    {
        var (client, backend) = await _proxy.OpenSessionAsync(_script);
        _proxy.Views.PublishHold("no member holds the leader lock");
        await client.QueryAsync("SELECT 1");
        await backend.SendAsync(new ParameterStatus("TimeZone", "UTC").Write);
        Assert.Equal('S', (await client.ReadAsync()).Type);
        Assert.Equal(0, backend.Socket.Available);
        _proxy.Views.PublishPrimary("a", _script.Port);
        Assert.Equal(new Query("SELECT 1"), Query.Parse((await backend.ReadAsync()).Body));
    }

    [Fact]
    public async Task A_held_request_larger_than_the_session_may_hold_goes_on_when_the_hold_ends()
    {
        var (client, backend) = await _proxy.OpenSessionAsync(_script);
        _proxy.Views.PublishHold("no member holds the leader lock");
        var sql = new string('x', 32_000_000);
        var sending = client.QueryAsync(sql);
        await Eventually.TrueAsync(
            () => !client.Socket.Poll(0, System.Net.Sockets.SelectMode.SelectWrite), "the proxy stops reading");
        Assert.Equal(0, backend.Socket.Available);
        _proxy.Views.PublishPrimary("a", _script.Port);
        Assert.Equal(sql, Query.Parse((await backend.ReadAsync()).Body)?.Sql);
        await sending;
    }

    [Fact]
    public async Task A_held_session_whose_primary_changed_hears_57P01_because_nothing_was_sent()
    {
        var (client, _) = await _proxy.OpenSessionAsync(_script);
        _proxy.Views.PublishHold("no member holds the leader lock");
        await client.QueryAsync("INSERT INTO t VALUES (1)");
        _proxy.Views.PublishPrimary("b", _other.Port, timeline: 2);
        Assert.Equal(SqlState.AdminShutdown, (await client.ReadAsync()).Error.Code);
    }

    [Fact]
    public async Task A_licence_that_runs_out_holds_without_any_new_view()
    {
        var (client, backend) = await _proxy.OpenSessionAsync(_script);
        var view = _proxy.Views.Current with { WritesUntil = _proxy.Clock.Now + TimeSpan.FromSeconds(10) };
        _proxy.Views.Publish(view);
        await AskAsync(client, backend);
        _proxy.Clock.Advance(TimeSpan.FromSeconds(10));
        await client.QueryAsync("SELECT 1");
        await backend.SendAsync(new ParameterStatus("TimeZone", "UTC").Write);
        _ = await client.ReadAsync();
        Assert.Equal(0, backend.Socket.Available);
        _proxy.Views.Publish(view with { WritesUntil = _proxy.Clock.Now + TimeSpan.FromSeconds(10) });
        Assert.Equal('Q', (await backend.ReadAsync()).Type);
    }

    private static async Task AskAsync(WirePeer client, WirePeer backend)
    {
        await client.QueryAsync("SELECT 1");
        Assert.Equal('Q', (await backend.ReadAsync()).Type);
        await backend.SendAsync(new ReadyForQuery(TransactionStatus.Idle).Write);
        Assert.Equal('Z', (await client.ReadAsync()).Type);
    }

    private static async Task SendInPiecesAsync(WirePeer backend, ErrorResponse error, int piece)
    {
        var writer = new FrameWriter();
        error.Write(writer);
        for (var rest = writer.Written; !rest.IsEmpty; rest = rest[Math.Min(piece, rest.Length)..])
        {
            await backend.SendAsync(rest[..Math.Min(piece, rest.Length)]);
        }
    }
}
