using Router.Protocol;
using Router.Protocol.Messages;
using Router.Testing;
using Router.Testing.Proxy;

namespace Router.Proxy.Tests.Sessions;

/// <summary>Clients that come while there is no usable primary.</summary>
public sealed class HoldTests : IAsyncLifetime
{
    private readonly BackendScript _script = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        _script.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Waiters_are_released_in_the_order_in_which_they_came()
    {
        await using var proxy = new ProxyHarness();
        var clients = new List<WirePeer>();
        for (var i = 0; i < 5; i++)
        {
            var client = await proxy.ConnectAsync();
            await client.SendAsync(new StartupMessage(ProtocolVersion.V30, [new("user", $"u{i}")]).Write);
            clients.Add(client);
            await Eventually.TrueAsync(() => proxy.Server.Snapshot().HoldQueueLength == i + 1, "the client waits");
        }

        proxy.Views.PublishPrimary("a", _script.Port);
        for (var i = 0; i < 5; i++)
        {
            using var backend = await _script.AcceptAsync();
            Assert.Equal($"u{i}", (await backend.AcceptLoginAsync())?.User);
            _ = await clients[i].ReadUntilAsync('Z');
        }

        Assert.Equal((0, 5), (proxy.Server.Snapshot().HoldQueueLength, proxy.Server.Snapshot().HeldPrimaryTotal));
    }

    [Fact]
    public async Task Who_waits_too_long_hears_57P03_and_why()
    {
        await using var proxy = new ProxyHarness(new ProxyOptions { HoldTimeout = TimeSpan.FromMilliseconds(50) });
        proxy.Views.PublishHold("no member holds the leader lock");
        var error = await RefusalAsync(proxy);
        Assert.Equal(SqlState.CannotConnectNow, error.Code);
        Assert.Contains("no member holds the leader lock", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, proxy.Server.Snapshot().HoldTimeoutsTotal);
    }

    [Fact]
    public async Task Who_finds_the_queue_full_hears_57P03_at_once()
    {
        await using var proxy = new ProxyHarness(new ProxyOptions { HoldQueueMax = 1 });
        using var waiting = await proxy.ConnectAsync();
        await waiting.SendAsync(new StartupMessage(ProtocolVersion.V30, [new("user", "app")]).Write);
        await Eventually.TrueAsync(() => proxy.Server.Snapshot().HoldQueueLength == 1, "the client waits");
        var error = await RefusalAsync(proxy);
        Assert.Equal(SqlState.CannotConnectNow, error.Code);
        Assert.Contains("too many clients wait", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, proxy.Server.Snapshot().HoldQueueFullTotal);
    }

    [Fact]
    public async Task A_server_that_takes_no_connections_is_tried_again_before_the_client_sees_a_byte()
    {
        await using var proxy = new ProxyHarness();
        proxy.Views.PublishPrimary("a", _script.Port);
        using var client = await proxy.ConnectAsync();
        var login = client.LogInAsync();
        using (var closing = await _script.AcceptAsync())
        {
            _ = await closing.TryReadPacketAsync();
        }

        using (var starting = await _script.AcceptAsync())
        {
            _ = await starting.TryReadPacketAsync();
            await starting.SendAsync(ErrorResponse.Fatal(SqlState.CannotConnectNow, "the database system is starting up").Write);
            Assert.True(await starting.IsClosedAsync());
        }

        _ = await _script.AcceptLoginAsync(processId: 99);
        Assert.Equal(99, (await login).ProcessId);
        Assert.Equal(2, proxy.Server.Snapshot().BackendOpenFailuresTotal);
    }

    [Fact]
    public async Task A_server_that_takes_the_connection_and_stays_silent_is_given_up_after_server_connect_timeout()
    {
        await using var proxy = new ProxyHarness(new ProxyOptions
        {
            ServerConnectTimeout = TimeSpan.FromMilliseconds(100),
            HoldTimeout = TimeSpan.FromHours(1),
        });
        proxy.Views.PublishPrimary("a", _script.Port);
        using var client = await proxy.ConnectAsync();
        var login = client.LogInAsync();
        using (var silent = await _script.AcceptAsync())
        {
            _ = await silent.TryReadPacketAsync();
            Assert.True(await silent.IsClosedAsync());
        }

        proxy.Views.PublishHold("nobody knows whether it is alive");
        await Eventually.TrueAsync(() => proxy.Server.Snapshot().HoldQueueLength == 1, "the client waits");
        Assert.True(proxy.Server.Snapshot().BackendOpenFailuresTotal >= 1);
        using var other = new BackendScript();
        proxy.Views.PublishPrimary("b", other.Port, timeline: 2);
        _ = await other.AcceptLoginAsync(processId: 99);
        Assert.Equal(99, (await login).ProcessId);
    }

    [Fact]
    public async Task Another_error_at_login_reaches_the_client_as_it_is()
    {
        await using var proxy = new ProxyHarness();
        proxy.Views.PublishPrimary("a", _script.Port);
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(new StartupMessage(ProtocolVersion.V30, [new("user", "app")]).Write);
        using var backend = await _script.AcceptAsync();
        _ = await backend.TryReadPacketAsync();
        await backend.SendAsync(ErrorResponse.Fatal(SqlState.InvalidCatalogName, "database \"x\" does not exist").Write);
        backend.Socket.Close();
        Assert.Equal(SqlState.InvalidCatalogName, (await client.ReadAsync()).Error.Code);
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task A_member_that_refuses_is_left_for_the_primary_of_the_next_view()
    {
        await using var proxy = new ProxyHarness();
        int refusing;
        using (var gone = new BackendScript())
        {
            refusing = gone.Port;
        }

        proxy.Views.PublishPrimary("a", refusing);
        using var client = await proxy.ConnectAsync();
        var login = client.LogInAsync();
        await Eventually.TrueAsync(() => proxy.Server.Snapshot().HoldQueueLength == 1, "the client waits");
        proxy.Views.PublishPrimary("b", _script.Port, timeline: 2);
        _ = await _script.AcceptLoginAsync();
        _ = await login;
    }

    [Fact]
    public async Task A_replica_that_refuses_is_avoided()
    {
        await using var proxy = new ProxyHarness();
        int refusing;
        using (var gone = new BackendScript())
        {
            refusing = gone.Port;
        }

        proxy.Views.PublishReplicas(("b", refusing), ("c", _script.Port));
        using var client = await WirePeer.ConnectAsync(proxy.Replica);
        var login = client.LogInAsync();
        _ = await _script.AcceptLoginAsync();
        _ = await login;
        await Eventually.TrueAsync(() => proxy.Server.Snapshot().ReplicaClientsActive == 1, "the client is served");
    }

    [Fact]
    public async Task A_waiter_that_goes_frees_its_place_at_once()
    {
        await using var proxy = new ProxyHarness(new ProxyOptions { HoldTimeout = TimeSpan.FromHours(1) });
        using (var client = await proxy.ConnectAsync())
        {
            await client.SendAsync(new StartupMessage(ProtocolVersion.V30, [new("user", "app")]).Write);
            await Eventually.TrueAsync(() => proxy.Server.Snapshot().HoldQueueLength == 1, "the client waits");
        }

        await Eventually.TrueAsync(
            () => proxy.Server.Snapshot() is { HoldQueueLength: 0, PrimaryClientsWaiting: 0 }, "its place is free");
    }

    [Fact]
    public async Task A_waiter_that_is_passed_over_in_vain_keeps_its_place()
    {
        await using var proxy = new ProxyHarness();
        using var client = await proxy.ConnectAsync();
        var login = client.LogInAsync();
        await Eventually.TrueAsync(() => proxy.Server.Snapshot().HoldQueueLength == 1, "the client waits");
        for (var i = 0; i < 20; i++)
        {
            proxy.Views.PublishHold($"reason {i}");
        }

        proxy.Views.PublishPrimary("a", _script.Port);
        _ = await _script.AcceptLoginAsync();
        _ = await login;
        Assert.Equal(1, proxy.Server.Snapshot().HeldPrimaryTotal);
    }

    private static async Task<ErrorResponse> RefusalAsync(ProxyHarness proxy)
    {
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(new StartupMessage(ProtocolVersion.V30, [new("user", "app")]).Write);
        var error = (await client.ReadAsync()).Error;
        Assert.True(await client.IsClosedAsync());
        return error;
    }
}
