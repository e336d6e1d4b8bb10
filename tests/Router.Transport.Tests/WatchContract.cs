using System.Net.Sockets;

namespace Router.Transport.Tests;

/// <summary>What every back end promises to who watches a connection that nobody reads.</summary>
/// <param name="tellsClosing">Whether it can tell that a peer closes while its bytes lie unread.</param>
public abstract class WatchContract(TransportKind kind, bool tellsClosing) : IAsyncLifetime
{
    private readonly TransportHarness _harness = new(new TransportSettings { Kind = kind });

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [TransportFact]
    public async Task Watcher_hears_of_bytes_and_takes_none()
    {
        var (connection, peer) = await _harness.AcceptAsync();
        for (var round = 0; round < 3; round++)
        {
            var watcher = await WatchAsync(connection);
            Assert.False(await _harness.OnLoop(() => connection.IsReadReady));
            await Bytes.SendAllAsync(peer, "request"u8.ToArray());
            Assert.False(await watcher.First.WaitAsync(TransportHarness.Bound));
            await _harness.OnLoop(async () =>
            {
                Assert.True(connection.IsReadReady);
                Assert.Equal("request"u8.ToArray(), await Bytes.ReadExactlyAsync(connection.Input, 7));
            });
            // What a receive left undecided, a look decides.
            Assert.False(await _harness.OnLoop(() => connection.Input.TryRead(out _)));
        }
    }

    [TransportFact]
    public async Task Watcher_hears_of_the_end()
    {
        var (connection, peer) = await _harness.AcceptAsync();
        var watcher = await WatchAsync(connection);
        peer.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal(tellsClosing, await watcher.First.WaitAsync(TransportHarness.Bound));
        Assert.True((await _harness.OnLoop(async () => await connection.Input.ReadAsync())).IsCompleted);
    }

    [TransportFact]
    public async Task Watcher_hears_that_a_peer_closes_behind_bytes_that_nobody_takes()
    {
        var (connection, peer) = await _harness.AcceptAsync();
        var watcher = await WatchAsync(connection);
        await Bytes.SendAllAsync(peer, "request"u8.ToArray());
        Assert.False(await watcher.First.WaitAsync(TransportHarness.Bound));
        peer.Socket.Shutdown(SocketShutdown.Send);
        if (tellsClosing)
        {
            await watcher.Closing.WaitAsync(TransportHarness.Bound);
        }

        Assert.Equal("request"u8.ToArray(), await _harness.OnLoop(() => Bytes.ReadExactlyAsync(connection.Input, 7)));
        Assert.True((await _harness.OnLoop(async () => await connection.Input.ReadAsync())).IsCompleted);
    }

    private async Task<Watcher> WatchAsync(IConnection connection)
    {
        var watcher = new Watcher();
        await _harness.OnLoop(() =>
        {
            connection.Watch(watcher);
            return Task.CompletedTask;
        });
        return watcher;
    }

    private sealed class Watcher : IReadinessWatcher
    {
        private readonly TaskCompletionSource<bool> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<bool> First => _first.Task;

        public Task Closing => _closing.Task;

        public void OnReadable(bool isPeerClosing)
        {
            _ = _first.TrySetResult(isPeerClosing);
            if (isPeerClosing)
            {
                _ = _closing.TrySetResult();
            }
        }
    }
}
