using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Router.Transport.Tests.Epoll;

/// <summary>
/// A loop without free descriptors. Only its own thread runs out of them, in a descriptor table of its own: the runtime
/// needs its own.
/// </summary>
[Collection(nameof(AloneCollection))]
public sealed class DescriptorLimitTests
{
    private const int NoFile = 7;
    private const int CloneFiles = 0x400;

    [Fact]
    public async Task Accepting_without_descriptors_rests_logs_once_and_goes_on()
    {
        var log = new RecordingLogger();
        await using var transport = TransportFactory.Create(
            new TransportSettings { Kind = TransportKind.Epoll, AcceptBackOff = TimeSpan.FromMilliseconds(10) }, log);
        var loop = (Router.Transport.Loops.Loop)transport.Loops[0];
        var accepted = new ConcurrentQueue<IConnection>();
        await using var listener = transport.Listen(
            new IPEndPoint(IPAddress.Loopback, 0), new ListenOptions(), accepted.Enqueue);
        using var first = new TcpClient();
        await first.ConnectAsync((IPEndPoint)listener.LocalEndPoint);
        await TransportHarness.UntilAsync(() => Task.FromResult(accepted.Count == 1));
        using var waiting = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        var fillers = new List<int>();
        LowerLimit();
        await loop.RunAsync(() =>
        {
            Assert.Equal(0, unshare(CloneFiles));
            for (var descriptor = dup(0); descriptor >= 0; descriptor = dup(0))
            {
                fillers.Add(descriptor);
            }

            return Task.CompletedTask;
        });

        await waiting.ConnectAsync(listener.LocalEndPoint);
        await TransportHarness.UntilAsync(() => Task.FromResult(log.Count(1002) == 1));
        var turns = loop.Turn;
        await loop.RunAsync(async () => await Task.Delay(TimeSpan.FromMilliseconds(300), loop.Time));
        _ = Assert.Single(accepted);
        // Two turns per rest, and a few of the delay's own: a spinning loop makes hundreds of thousands.
        Assert.InRange(loop.Turn - turns, 1, 200);
        Assert.Equal(1, log.Count(1002));
        Assert.Equal(0, log.Count(1003));
        await loop.RunAsync(() =>
        {
            fillers.ForEach(descriptor => _ = close(descriptor));
            return Task.CompletedTask;
        });

        await TransportHarness.UntilAsync(() => Task.FromResult(accepted.Count == 2));
        await TransportHarness.UntilAsync(() => Task.FromResult(log.Count(1003) == 1));
        Assert.Equal(1, log.Count(1002));
    }

    /// <summary>Some systems allow a thousand million descriptors; filling as many takes too long.</summary>
    private static void LowerLimit()
    {
        const ulong Enough = 20_000;
        Assert.Equal(0, getrlimit(NoFile, out var limit));
        if (limit.Soft > Enough)
        {
            Assert.Equal(0, setrlimit(NoFile, limit with { Soft = Enough }));
        }
    }

    [DllImport("libc")]
    private static extern int getrlimit(int resource, out ResourceLimit limit);

    [DllImport("libc")]
    private static extern int setrlimit(int resource, in ResourceLimit limit);

    [DllImport("libc")]
    private static extern int unshare(int flags);

    [DllImport("libc")]
    private static extern int dup(int descriptor);

    [DllImport("libc")]
    private static extern int close(int descriptor);

    [StructLayout(LayoutKind.Sequential)]
    private record struct ResourceLimit(ulong Soft, ulong Hard);

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
