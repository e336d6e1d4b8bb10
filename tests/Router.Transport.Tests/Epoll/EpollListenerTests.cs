using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Router.Transport.Epoll;
using Router.Transport.Linux;
using Router.Transport.Loops;

namespace Router.Transport.Tests.Epoll;

/// <summary>
/// A listener whose system has no descriptors left. The refusal is the test's: a process that really has none loses its
/// runtime before it loses its listener.
/// </summary>
public sealed class EpollListenerTests
{
    [Fact]
    public async Task Accepting_without_descriptors_rests_logs_once_and_goes_on()
    {
        var log = new RecordingLogger();
        var settings = new TransportSettings { AcceptBackOff = TimeSpan.FromMilliseconds(10) };
        var loop = EpollLoop.Open(0, settings, log);
        loop.Start();
        var accepted = new ConcurrentQueue<IConnection>();
        var refusals = 0;
        var isRefusing = true;
        var socket = ListeningSocket.Open(new IPEndPoint(IPAddress.Loopback, 0), new ListenOptions(), TcpOptions.Default);
        var listener = new EpollListener(loop, socket, new Acceptor([loop], 16, accepted.Enqueue), Accept);
        listener.Start();
        using var peer = new TcpClient();
        await peer.ConnectAsync((IPEndPoint)listener.LocalEndPoint);
        await TransportHarness.UntilAsync(() => Task.FromResult(Volatile.Read(ref refusals) >= 3));
        var (turns, refusalsBefore) = (loop.Turn, Volatile.Read(ref refusals));
        await TransportHarness.UntilAsync(() => Task.FromResult(Volatile.Read(ref refusals) >= refusalsBefore + 5));
        // Two turns per rest, and those that reading the state costs: a spinning loop makes a refusal in each.
        Assert.True(loop.Turn - turns >= 2 * 4, "a refusal should be followed by a rest");
        Assert.Empty(accepted);
        Assert.Equal((1, 0), (log.Count(1002), log.Count(1003)));
        Volatile.Write(ref isRefusing, false);
        await TransportHarness.UntilAsync(() => Task.FromResult(accepted.Count == 1));
        Assert.Equal((1, 1), (log.Count(1002), log.Count(1003)));
        await listener.DisposeAsync();
        await loop.StopAsync();

        int Accept(int descriptor)
        {
            if (!Volatile.Read(ref isRefusing))
            {
                return Native.Accept(descriptor);
            }

            _ = Interlocked.Increment(ref refusals);
            return -Native.NoFile;
        }
    }

    private sealed class RecordingLogger : ILogger
    {
        private readonly ConcurrentQueue<int> _events = new();

        public int Count(int eventId) => _events.Count(id => id == eventId);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter) => _events.Enqueue(eventId.Id);
    }
}
