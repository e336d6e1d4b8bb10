using Router.Protocol;
using Router.Protocol.Messages;
using Router.Proxy.Pooling;
using Router.Testing;
using Router.Testing.Proxy;
using static Router.Testing.Proxy.PoolScript;

namespace Router.Proxy.Tests.Pooling;

/// <summary>Another primary: who asks nothing notices nothing.</summary>
public sealed class PoolFailoverTests : IAsyncLifetime
{
    private readonly PoolScript _pool = new(new PoolOptions { Mode = PoolMode.Transaction, PoolSize = 2 });
    private readonly BackendScript _other = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _pool.DisposeAsync();
        _other.Dispose();
    }

    [Fact]
    public async Task A_client_between_two_transactions_goes_on_at_the_new_primary()
    {
        var (client, backend) = await _pool.FirstAsync();
        await RoundTripAsync(client, backend, "SELECT 1");
        _pool.Proxy.Views.PublishPrimary("b", _other.Port, timeline: 2);
        Assert.Equal('X', (await backend.ReadAsync()).Type);
        await client.QueryAsync("SELECT 2");
        using var other = await _pool.OpenedAsync(_other);
        await AnswerAsync(other, "SELECT 2");
        _ = await client.ReadUntilAsync('Z');
    }

    [Fact]
    public async Task A_request_waits_while_there_is_no_usable_primary()
    {
        var (client, backend) = await _pool.FirstAsync();
        await RoundTripAsync(client, backend, "SELECT 1");
        _pool.Proxy.Views.PublishHold("the leader is not known");
        await client.QueryAsync("SELECT 2");
        await Eventually.TrueAsync(() => _pool.Proxy.Server.Snapshot().PoolClientsWaiting == 1, "the client waits");
        _pool.Proxy.Views.PublishPrimary("b", _other.Port, timeline: 2);
        using var other = await _pool.OpenedAsync(_other);
        await AnswerAsync(other, "SELECT 2");
        _ = await client.ReadUntilAsync('Z');
    }

    [Fact]
    public async Task The_same_primary_goes_on_with_the_same_connections_after_a_hold()
    {
        var (client, backend) = await _pool.FirstAsync();
        await RoundTripAsync(client, backend, "SELECT 1");
        _pool.Proxy.Views.PublishHold("the leader is not known");
        await client.QueryAsync("SELECT 2");
        await Eventually.TrueAsync(() => _pool.Proxy.Server.Snapshot().PoolClientsWaiting == 1, "the client waits");
        _pool.Proxy.Views.PublishPrimary("a", _pool.Server.Port);
        await AnswerAsync(backend, "SELECT 2");
        _ = await client.ReadUntilAsync('Z');
    }

    [Fact]
    public async Task Who_waits_longer_than_hold_timeout_hears_why()
    {
        await using var pool = new PoolScript(
            new PoolOptions { Mode = PoolMode.Transaction }, new ProxyOptions { HoldTimeout = TimeSpan.FromSeconds(2) });
        var (client, backend) = await pool.FirstAsync();
        await RoundTripAsync(client, backend, "SELECT 1");
        pool.Proxy.Views.PublishHold("the leader is not known");
        await client.QueryAsync("SELECT 2");
        var error = await FinalErrorAsync(client);
        Assert.Equal(SqlState.CannotConnectNow, error.Code);
        Assert.Contains("the leader is not known", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_transaction_on_the_old_primary_is_cut_and_its_connection_closed()
    {
        var (client, backend) = await _pool.FirstAsync();
        await RoundTripAsync(client, backend, "BEGIN", TransactionStatus.InTransaction);
        _pool.Proxy.Views.PublishPrimary("b", _other.Port, timeline: 2);
        Assert.Equal(SqlState.AdminShutdown, (await FinalErrorAsync(client)).Code);
        Assert.True(await backend.IsClosedAsync());
    }

    [Fact]
    public async Task A_request_on_the_old_primary_is_cut_with_an_unknown_outcome()
    {
        var (client, backend) = await _pool.FirstAsync();
        await client.QueryAsync("COMMIT");
        await ExpectAsync(backend, "COMMIT");
        _pool.Proxy.Views.PublishPrimary("b", _other.Port, timeline: 2);
        Assert.Equal(SqlState.TransactionResolutionUnknown, (await FinalErrorAsync(client)).Code);
    }

    [Fact]
    public async Task What_the_old_primary_refused_says_nothing_of_the_new_one()
    {
        using var client = await _pool.Proxy.ConnectAsync();
        await client.SendAsync(new StartupMessage(ProtocolVersion.V30, [new("user", "app")]).Write);
        using (var backend = await _pool.Server.AcceptAsync())
        {
            _ = await backend.TryReadPacketAsync();
            await backend.SendAsync(ErrorResponse.Fatal(SqlState.InvalidCatalogName, "there is none").Write);
        }

        Assert.Equal(SqlState.InvalidCatalogName, (await FinalErrorAsync(client)).Code);
        _pool.Proxy.Views.PublishPrimary("b", _other.Port, timeline: 2);
        using var next = await _pool.Proxy.ConnectAsync();
        var login = next.LogInAsync();
        _ = await _pool.OpenedAsync(_other);
        _ = await login;
    }

    [Fact]
    public async Task A_server_that_greets_as_a_standby_gets_no_client_of_the_primary()
    {
        using var client = await _pool.Proxy.ConnectAsync();
        var login = client.LogInAsync();
        using var backend = await _pool.Server.AcceptAsync();
        _ = await backend.AcceptLoginAsync(isStandby: true);
        await Eventually.TrueAsync(() => !_pool.Proxy.Views.Standbys.IsEmpty, "the standby is reported");
        _pool.Proxy.Views.PublishPrimary("b", _other.Port, timeline: 2);
        using var other = await _pool.OpenedAsync(_other);
        _ = await login;
    }
}
