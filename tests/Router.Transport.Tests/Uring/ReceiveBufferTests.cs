using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Router.Transport.Loops;
using Router.Transport.Uring;

namespace Router.Transport.Tests.Uring;

/// <summary>More connections than the ring has buffers.</summary>
public static class ReceiveBufferTests
{
    public sealed class OverIoUring : IAsyncLifetime
    {
        /// <summary>Few enough for the tests beside this one that count the descriptors of the process.</summary>
        private const int Connections = 60;

        /// <summary>Fewer than the kernel completes receives at once.</summary>
        private const int Count = 8;

        private readonly TransportHarness _harness = new(Open());
        private readonly List<IConnection> _connections = [];
        private readonly List<Socket> _peers = [];

        private ReceiveBuffers Buffers => ((UringLoop)_harness.Loop).Buffers;

        public async Task InitializeAsync()
        {
            var accepted = 0;
            await using var listener = _harness.Transport.Listen(
                new IPEndPoint(IPAddress.Loopback, 0), new ListenOptions(), connection =>
                {
                    _connections.Add(connection);
                    _ = Interlocked.Increment(ref accepted);
                });
            for (var count = 1; count <= Connections; count++)
            {
                var peer = _harness.Own(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
                await peer.ConnectAsync(listener.LocalEndPoint);
                _peers.Add(peer);
                await TransportHarness.UntilAsync(() => Task.FromResult(Volatile.Read(ref accepted) == count));
            }
        }

        public async Task DisposeAsync() => await _harness.DisposeAsync();

        [TransportFact]
        public async Task Bytes_that_nobody_takes_leave_half_of_the_buffers_to_others()
        {
            await WatchAsync();
            await SendAsync(0, Connections - 1);
            await _harness.OnLoop(() => TransportHarness.UntilAsync(
                () => Task.FromResult(_connections.Take(Connections - 1).All(connection => connection.IsReadReady))));
            Assert.Equal(Count / 2, await _harness.OnLoop(() => Buffers.Free));
            // Another one still receives at once, and nobody has lost anything.
            await SendAsync(Connections - 1, 1);
            await ReadAsync(Connections - 1, 1);
            await ReadAsync(0, Connections - 1);
            Assert.Equal(Count, await _harness.OnLoop(() => Buffers.Free));
            Assert.Equal(0, await _harness.BlocksInUseAsync());
        }

        [TransportFact]
        public async Task Burst_of_more_messages_than_buffers_is_received_whole()
        {
            var reading = ReadAsync(0, Connections);
            await _harness.OnLoop(() => Task.CompletedTask);
            // While the loop is held up all the messages arrive, so that one call of the kernel meets all of them.
            using var hasSent = new ManualResetEventSlim();
            _harness.Loop.Post(_ => hasSent.Wait(TransportHarness.Bound), null);
            await SendAsync(0, Connections);
            hasSent.Set();
            await reading;
        }

        [TransportFact]
        public async Task Closed_connections_give_their_buffers_back()
        {
            await WatchAsync();
            await SendAsync(0, Connections);
            await _harness.OnLoop(() => TransportHarness.UntilAsync(
                () => Task.FromResult(_connections.All(connection => connection.IsReadReady))));
            await _harness.OnLoop(() =>
            {
                _connections.ForEach(connection => connection.Abort());
                return Task.CompletedTask;
            });
            Assert.Equal(Count, await _harness.OnLoop(() => Buffers.Free));
            Assert.Equal(0, await _harness.BlocksInUseAsync());
        }

        private static LoopTransport Open()
        {
            var settings = new TransportSettings();
            var loop = UringLoop.Open(0, settings, NullLogger.Instance, Count);
            loop.Start();
            return new LoopTransport([loop], settings);
        }

        private Task WatchAsync() => _harness.OnLoop(() =>
        {
            _connections.ForEach(connection => connection.Watch(new Unheard()));
            return Task.CompletedTask;
        });

        private async Task SendAsync(int from, int count)
        {
            for (var index = from; index < from + count; index++)
            {
                _ = await _peers[index].SendAsync(Bytes.Pattern(100, index));
            }
        }

        private Task ReadAsync(int from, int count) => _harness.OnLoop(() => Task.WhenAll(
            Enumerable.Range(from, count).Select(async index =>
                Assert.Equal(Bytes.Pattern(100, index), await Bytes.ReadExactlyAsync(_connections[index].Input, 100)))));

        private sealed class Unheard : IReadinessWatcher
        {
            public void OnReadable(bool isPeerClosing)
            {
                // Only what becomes of the bytes matters.
            }
        }
    }
}
