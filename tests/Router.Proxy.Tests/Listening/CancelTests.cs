using Router.Protocol.Messages;
using Router.Testing;
using Router.Testing.Proxy;

namespace Router.Proxy.Tests.Listening;

public sealed class CancelTests : IAsyncLifetime
{
    private readonly ProxyHarness _proxy = new();
    private readonly BackendScript _script = new();

    public Task InitializeAsync()
    {
        _proxy.Views.PublishPrimary("a", _script.Port);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _script.Dispose();
    }

    [Theory]
    [InlineData(4)]
    [InlineData(32)]
    [InlineData(256)]
    public async Task A_cancel_request_reaches_the_backend_of_its_session_and_is_never_answered(int keyLength)
    {
        var secret = new byte[keyLength];
        new Random(keyLength).NextBytes(secret);
        using var client = await _proxy.ConnectAsync();
        var login = client.LogInAsync();
        _ = await _script.AcceptLoginAsync(processId: 77, secret);
        var key = await login;

        using var canceller = await _proxy.ConnectAsync();
        await canceller.SendAsync(new CancelRequest(key.ProcessId, key.Key).Write);
        using (var cancelled = await _script.AcceptAsync())
        {
            var request = CancelRequest.Parse(await cancelled.TryReadPacketAsync());
            Assert.Equal(77, request?.ProcessId);
            Assert.True(request?.Key.Matches(new CancelKey(secret)));
        }

        Assert.True(await canceller.IsClosedAsync());
        Assert.Equal(1, _proxy.Server.Snapshot().CancelsForwardedTotal);
    }

    [Fact]
    public async Task Two_sessions_with_the_same_pid_are_told_apart_by_their_keys()
    {
        using var other = new BackendScript();
        var (_, _) = await _proxy.OpenSessionAsync(_script);
        _proxy.Views.PublishReplicas(("b", other.Port));
        using var reader = await WirePeer.ConnectAsync(_proxy.Replica);
        var login = reader.LogInAsync();
        _ = await other.AcceptLoginAsync(processId: 4711, key: [9, 9, 9, 9]);
        var key = await login;
        using var canceller = await _proxy.ConnectAsync();
        await canceller.SendAsync(new CancelRequest(key.ProcessId, key.Key).Write);
        using var cancelled = await other.AcceptAsync();
        Assert.NotNull(await cancelled.TryReadPacketAsync());
    }

    [Fact]
    public async Task An_unknown_key_is_counted_and_ignored()
    {
        _ = await _proxy.OpenSessionAsync(_script);
        using var canceller = await _proxy.ConnectAsync();
        await canceller.SendAsync(new CancelRequest(4711, new CancelKey([4, 3, 2, 1])).Write);
        Assert.True(await canceller.IsClosedAsync());
        Assert.Equal((1, 0), Counts());
    }

    [Fact]
    public async Task The_key_of_a_session_that_has_ended_is_unknown()
    {
        var (client, _) = await _proxy.OpenSessionAsync(_script);
        client.Dispose();
        await Eventually.TrueAsync(() => _proxy.Server.Snapshot().PrimaryClientsActive == 0, "the session has ended");
        using var canceller = await _proxy.ConnectAsync();
        await canceller.SendAsync(new CancelRequest(4711, new CancelKey([1, 2, 3, 4])).Write);
        Assert.True(await canceller.IsClosedAsync());
        Assert.Equal((1, 0), Counts());
    }

    [Fact]
    public async Task Cancel_requests_beyond_the_bound_are_dropped()
    {
        await using var proxy = new ProxyHarness(new ProxyOptions { CancelMaxInFlight = 1 });
        proxy.Views.PublishPrimary("a", _script.Port);
        _ = await proxy.OpenSessionAsync(_script);
        using var first = await proxy.ConnectAsync();
        await first.SendAsync(new CancelRequest(4711, new CancelKey([1, 2, 3, 4])).Write);
        using var cancelled = await _script.AcceptAsync();
        using var second = await proxy.ConnectAsync();
        await second.SendAsync(new CancelRequest(4711, new CancelKey([1, 2, 3, 4])).Write);
        Assert.True(await second.IsClosedAsync());
        Assert.Equal(1, proxy.Server.Snapshot().CancelsDroppedTotal);
    }

    [Fact]
    public async Task A_cancel_request_that_its_server_never_takes_is_given_up_after_cancel_wait_timeout()
    {
        await using var proxy = new ProxyHarness(
            new ProxyOptions { CancelMaxInFlight = 1, CancelWaitTimeout = TimeSpan.FromMilliseconds(500) });
        proxy.Views.PublishPrimary("a", _script.Port);
        _ = await proxy.OpenSessionAsync(_script);
        using var first = await proxy.ConnectAsync();
        await first.SendAsync(new CancelRequest(4711, new CancelKey([1, 2, 3, 4])).Write);
        using var silent = await _script.AcceptAsync();
        Assert.NotNull(await silent.TryReadPacketAsync());

        Assert.True(await silent.IsClosedAsync());
        Assert.True(await first.IsClosedAsync());
        Assert.Equal(0, proxy.Server.Snapshot().CancelsForwardedTotal);

        // Its place is free again.
        using var second = await proxy.ConnectAsync();
        await second.SendAsync(new CancelRequest(4711, new CancelKey([1, 2, 3, 4])).Write);
        using var taken = await _script.AcceptAsync();
        Assert.NotNull(await taken.TryReadPacketAsync());
        taken.Socket.Close();
        Assert.True(await second.IsClosedAsync());
        Assert.Equal((1, 0), (proxy.Server.Snapshot().CancelsForwardedTotal, proxy.Server.Snapshot().CancelsDroppedTotal));
    }

    private (long Unknown, long Forwarded) Counts()
    {
        var snapshot = _proxy.Server.Snapshot();
        return (snapshot.CancelsUnknownTotal, snapshot.CancelsForwardedTotal);
    }
}
