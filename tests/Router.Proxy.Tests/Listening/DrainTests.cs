using Router.Protocol;
using Router.Protocol.Messages;
using Router.Testing;
using Router.Testing.Proxy;

namespace Router.Proxy.Tests.Listening;

public sealed class DrainTests : IAsyncLifetime
{
    private readonly BackendScript _script = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        _script.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Idle_sessions_end_at_once_and_a_busy_one_with_its_answer()
    {
        await using var proxy = new ProxyHarness();
        proxy.Views.PublishPrimary("a", _script.Port);
        var (idle, _) = await proxy.OpenSessionAsync(_script);
        var (busy, backend) = await proxy.OpenSessionAsync(_script);
        await busy.QueryAsync("SELECT 1");
        _ = await backend.ReadAsync();
        var stopped = proxy.StopAsync();
        Assert.Equal(SqlState.AdminShutdown, (await idle.ReadAsync()).Error.Code);
        Assert.False(stopped.IsCompleted);
        await backend.SendAsync(new ReadyForQuery(TransactionStatus.Idle).Write);
        Assert.Equal('Z', (await busy.ReadAsync()).Type);
        Assert.Equal(SqlState.AdminShutdown, (await busy.ReadAsync()).Error.Code);
        await stopped;
    }

    [Fact]
    public async Task An_open_transaction_may_end_before_its_session_does()
    {
        await using var proxy = new ProxyHarness();
        proxy.Views.PublishPrimary("a", _script.Port);
        var (client, backend) = await proxy.OpenSessionAsync(_script);
        await AnswerAsync(client, backend, TransactionStatus.InTransaction);
        var stopped = proxy.StopAsync();
        await AnswerAsync(client, backend, TransactionStatus.InTransaction);
        await AnswerAsync(client, backend, TransactionStatus.Idle);
        Assert.Equal(SqlState.AdminShutdown, (await client.ReadAsync()).Error.Code);
        await stopped;
    }

    [Fact]
    public async Task Who_is_still_busy_at_the_deadline_is_cut()
    {
        await using var proxy = new ProxyHarness(new ProxyOptions { DrainTimeout = TimeSpan.FromMilliseconds(50) });
        proxy.Views.PublishPrimary("a", _script.Port);
        var (client, backend) = await proxy.OpenSessionAsync(_script);
        await client.QueryAsync("SELECT pg_sleep(1000)");
        _ = await backend.ReadAsync();
        await proxy.StopAsync();
        Assert.Equal(SqlState.TransactionResolutionUnknown, (await client.ReadAsync()).Error.Code);
    }

    [Fact]
    public async Task Clients_in_the_hold_queue_are_told_that_the_proxy_goes()
    {
        await using var proxy = new ProxyHarness();
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(new StartupMessage(ProtocolVersion.V30, [new("user", "app")]).Write);
        await Eventually.TrueAsync(() => proxy.Server.Snapshot().HoldQueueLength == 1, "the client waits");
        await proxy.StopAsync();
        Assert.Equal(SqlState.AdminShutdown, (await client.ReadAsync()).Error.Code);
        Assert.Equal(0, proxy.Server.Snapshot().HoldQueueLength);
    }

    private static async Task AnswerAsync(WirePeer client, WirePeer backend, TransactionStatus status)
    {
        await client.QueryAsync("SELECT 1");
        _ = await backend.ReadAsync();
        await backend.SendAsync(new ReadyForQuery(status).Write);
        Assert.Equal('Z', (await client.ReadAsync()).Type);
    }
}
