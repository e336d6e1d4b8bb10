using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Router.Transport.Tests;

/// <summary>What every back end promises of a listener.</summary>
public abstract class ListenerContract : IAsyncLifetime
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    private readonly TransportHarness _harness;

    protected ListenerContract(TransportKind kind) =>
        _harness = new TransportHarness(new TransportSettings { Kind = kind, Loops = 2, SpreadAfter = 4 });

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [TransportFact]
    public async Task Address_in_use_is_named_with_a_remedy()
    {
        await using var first = _harness.Transport.Listen(AnyPort, new ListenOptions(), _ => { });
        var failure = Assert.Throws<TransportException>(
            () => _harness.Transport.Listen(first.LocalEndPoint, new ListenOptions(), _ => { }));
        Assert.Contains($"cannot listen on {first.LocalEndPoint}: the address is in use", failure.Message,
            StringComparison.Ordinal);
    }

    [TransportFact]
    public async Task Shared_port_is_taken_over_without_a_gap()
    {
        var options = new ListenOptions(ReusePort: true);
        var old = _harness.Transport.Listen(AnyPort, options, connection => connection.Abort());
        var accepted = new TaskCompletionSource<IConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var next = _harness.Transport.Listen(old.LocalEndPoint, options, accepted.SetResult);
        await old.DisposeAsync();
        using var peer = new TcpClient();
        await peer.ConnectAsync((IPEndPoint)next.LocalEndPoint);
        _ = await accepted.Task.WaitAsync(TransportHarness.Bound);
    }

    [TransportFact]
    public async Task Socket_that_is_passed_on_serves_there_when_it_is_closed_here()
    {
        var directory = Directory.CreateTempSubdirectory("passed-");
        try
        {
            var address = new UnixDomainSocketEndPoint(Path.Combine(directory.FullName, "s"));
            var old = _harness.Transport.Listen(address, new ListenOptions(), connection => connection.Abort());
            var (here, there) = await PairAsync(Path.Combine(directory.FullName, "channel"));
            using (here)
            using (there)
            {
                SocketPassing.Send(here, [old.Socket]);
                var inherited = Assert.Single(SocketPassing.Receive(there));
                Assert.Equal($"{address}", $"{inherited.LocalEndPoint}");
                Assert.Equal(Environment.ProcessId, SocketPassing.PeerOf(there)?.ProcessId);
                var accepted = new ConcurrentQueue<IConnection>();
                await using var next = _harness.Transport.Listen(
                    address, new ListenOptions(Inherited: inherited), accepted.Enqueue);
                old.IsShared = true;
                await old.DisposeAsync();
                for (var i = 1; i <= 3; i++)
                {
                    using var peer = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    await peer.ConnectAsync(address);
                    await TransportHarness.UntilAsync(() => Task.FromResult(accepted.Count == i));
                }
            }

            Assert.False(File.Exists($"{address}"));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<(Socket, Socket)> PairAsync(string path)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        var one = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await one.ConnectAsync(listener.LocalEndPoint!);
        return (one, await listener.AcceptAsync());
    }

    [TransportFact]
    public async Task Paused_listener_leaves_peers_in_the_backlog_until_it_goes_on()
    {
        var accepted = new ConcurrentQueue<IConnection>();
        await using var listener = _harness.Transport.Listen(AnyPort, new ListenOptions(), accepted.Enqueue);
        listener.Pause(true);
        listener.Pause(true);
        await _harness.OnLoop(() => Task.CompletedTask);
        using var peer = new TcpClient();
        await peer.ConnectAsync((IPEndPoint)listener.LocalEndPoint);
        await _harness.OnLoop(async () => await Task.Delay(TimeSpan.FromMilliseconds(30), _harness.Loop.Time));
        Assert.Empty(accepted);
        listener.Pause(false);
        await TransportHarness.UntilAsync(() => Task.FromResult(accepted.Count == 1));
        listener.Pause(true);
        listener.Pause(false);
        using var second = new TcpClient();
        await second.ConnectAsync((IPEndPoint)listener.LocalEndPoint);
        await TransportHarness.UntilAsync(() => Task.FromResult(accepted.Count == 2));
    }

    [TransportFact]
    public async Task Disposed_listener_refuses_and_its_connections_live_on()
    {
        var (connection, peer) = await _harness.AcceptAsync();
        await connection.Loop.RunAsync(async () => await connection.Output.WriteAsync("alive"u8.ToArray()));
        Assert.Equal("alive"u8.ToArray(), await Bytes.ReceiveExactlyAsync(peer, 5));
        var listener = _harness.Transport.Listen(AnyPort, new ListenOptions(), _ => { });
        await listener.DisposeAsync();
        await listener.DisposeAsync();
        using var late = new TcpClient();
        _ = await Assert.ThrowsAsync<SocketException>(() => late.ConnectAsync((IPEndPoint)listener.LocalEndPoint));
    }

    [TransportFact]
    public async Task Connections_fill_the_first_loop_then_spread_and_run_on_their_own()
    {
        var accepted = new ConcurrentQueue<(IConnection Connection, bool IsCurrent)>();
        await using var listener = _harness.Transport.Listen(
            AnyPort, new ListenOptions(), connection => accepted.Enqueue((connection, connection.Loop.IsCurrent)));
        for (var count = 1; count <= 12; count++)
        {
            var peer = _harness.Own(new TcpClient());
            await peer.ConnectAsync((IPEndPoint)listener.LocalEndPoint);
            await TransportHarness.UntilAsync(() => Task.FromResult(accepted.Count == count));
        }

        Assert.All(accepted, entry => Assert.True(entry.IsCurrent));
        Assert.All(accepted.Take(4), entry => Assert.Equal(0, entry.Connection.Loop.Index));
        Assert.Equal([6, 6], _harness.Transport.Loops.Select(loop => loop.ConnectionCount));
    }

    [TransportFact]
    public async Task Unix_socket_has_its_mode_and_replaces_a_dead_file_only()
    {
        var directory = Directory.CreateTempSubdirectory("router-transport-");
        var place = new UnixDomainSocketEndPoint(Path.Combine(directory.FullName, "s"));
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(place);
            // .NET removes the file of a socket it closes; a killed process does not.
            File.Move(place.ToString(), place + ".kept");
        }

        File.Move(place + ".kept", place.ToString());
        var options = new ListenOptions(UnixSocketMode: UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using (_harness.Transport.Listen(place, options, _ => { }))
        {
            Assert.Equal(options.UnixSocketMode, new FileInfo(place.ToString()).UnixFileMode);
            var failure = Assert.Throws<TransportException>(
                () => _harness.Transport.Listen(place, options, _ => { }));
            Assert.Contains("in use", failure.Message, StringComparison.Ordinal);
        }

        Assert.Empty(directory.GetFiles());
        directory.Delete();
    }

    [TransportFact]
    public async Task Thousands_of_short_connections_leak_no_descriptor_and_no_buffer()
    {
        const int Rounds = 3_000;
        var served = 0;
        await using var listener = _harness.Transport.Listen(AnyPort, new ListenOptions(), connection =>
            _ = ServeAsync(connection));
        await ShortConnectionAsync(listener, reset: false);
        var before = Descriptors();
        for (var round = 0; round < Rounds; round++)
        {
            await ShortConnectionAsync(listener, reset: round % 3 == 0);
        }

        await TransportHarness.UntilAsync(() => Task.FromResult(
            _harness.Transport.Loops.All(loop => loop.ConnectionCount == 0)));
        Assert.Equal(Rounds + 1, Volatile.Read(ref served));
        // Other tests of this process come and go; a leak would show as thousands.
        Assert.InRange(Descriptors() - before, int.MinValue, Rounds / 10);
        Assert.Equal(0, await _harness.BlocksInUseAsync());

        async Task ServeAsync(IConnection connection)
        {
            await using (connection)
            {
                var result = await connection.Input.ReadAsync();
                connection.Input.AdvanceTo(result.Buffer.End);
                _ = await connection.Output.WriteAsync(new byte[] { 1 });
            }

            _ = Interlocked.Increment(ref served);
        }
    }

    private static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private static async Task ShortConnectionAsync(ITransportListener listener, bool reset)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.LocalEndPoint).WaitAsync(TransportHarness.Bound);
        var peer = new TestPeer(socket);
        await Bytes.SendAllAsync(peer, new byte[] { 1 });
        _ = await Bytes.ReceiveExactlyAsync(peer, 1);
        if (reset)
        {
            socket.LingerState = new LingerOption(true, 0);
        }
    }
}
