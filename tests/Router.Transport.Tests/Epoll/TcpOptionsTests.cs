using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Router.Transport.Linux;
using Router.Transport.Loops;

namespace Router.Transport.Tests.Epoll;

/// <summary>Options of real sockets, read back from the system.</summary>
public sealed class TcpOptionsTests
{
    private const int IpProtoTcp = 6;
    private const int DeferAccept = 9;
    private const int UserTimeout = 18;

    private static readonly TcpOptions Options = new()
    {
        KeepIdle = TimeSpan.FromSeconds(40),
        KeepInterval = TimeSpan.FromSeconds(7),
        KeepCount = 3,
        UserTimeout = TimeSpan.FromMilliseconds(12_345),
    };

    [Fact]
    public void Accepted_sockets_inherit_what_the_listener_was_told()
    {
        using var listener = Listen(Options);
        using var client = new TcpClient();
        client.Connect((IPEndPoint)listener.LocalEndPoint!);
        _ = listener.Poll(TransportHarness.Bound, SelectMode.SelectRead);
        var descriptor = Native.Accept((int)listener.SafeHandle.DangerousGetHandle());
        using var accepted = new Socket(new SafeSocketHandle(descriptor, ownsHandle: true));
        AssertTuned(accepted);
    }

    [Fact]
    public void Opened_descriptors_are_tuned_alike()
    {
        using var socket = NewSocket();
        Native.TuneTcp((int)socket.SafeHandle.DangerousGetHandle(), Options);
        AssertTuned(socket);
    }

    [Fact]
    public void Opened_sockets_are_tuned_alike()
    {
        using var socket = NewSocket();
        TcpTuning.Apply(socket, Options);
        AssertTuned(socket);
    }

    [Fact]
    public void Without_keepalive_silent_peers_are_not_probed()
    {
        using var socket = NewSocket();
        Native.TuneTcp((int)socket.SafeHandle.DangerousGetHandle(), Options with { KeepAlive = false });
        Assert.Equal(0, socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
        Assert.True(socket.NoDelay);
    }

    [Fact]
    public void Zero_is_the_systems_own_value()
    {
        using var untouched = NewSocket();
        using var socket = NewSocket();
        Native.TuneTcp((int)socket.SafeHandle.DangerousGetHandle(), TcpOptions.Default);
        Assert.Equal(1, socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
        Assert.Equal(Read(untouched, UserTimeout), Read(socket, UserTimeout));
        Assert.Equal(
            untouched.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime),
            socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime));
    }

    [Fact]
    public void Only_a_listener_that_defers_accepting_waits_for_the_first_bytes()
    {
        using var deferring = Listen(Options with { DeferAccept = TimeSpan.FromSeconds(45) });
        using var eager = Listen(Options);
        Assert.True(Read(deferring, DeferAccept) >= 45);
        Assert.Equal(0, Read(eager, DeferAccept));

        using var silent = new TcpClient();
        silent.Connect((IPEndPoint)deferring.LocalEndPoint!);
        using var speaking = new TcpClient();
        speaking.Connect((IPEndPoint)deferring.LocalEndPoint!);
        speaking.Client.Send([1]);
        Assert.True(deferring.Poll(TransportHarness.Bound, SelectMode.SelectRead));
        using var accepted = deferring.Accept();
        Assert.Equal(
            ((IPEndPoint)speaking.Client.LocalEndPoint!).Port, ((IPEndPoint)accepted.RemoteEndPoint!).Port);
    }

    private static Socket Listen(TcpOptions options) =>
        ListeningSocket.Open(new IPEndPoint(IPAddress.Loopback, 0), new ListenOptions(), options);

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private static int Read(Socket socket, int name)
    {
        var value = new byte[sizeof(int)];
        _ = socket.GetRawSocketOption(IpProtoTcp, name, value);
        return BinaryPrimitives.ReadInt32LittleEndian(value);
    }

    private static void AssertTuned(Socket socket)
    {
        Assert.True(socket.NoDelay);
        Assert.Equal(1, socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
        Assert.Equal(40, socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime));
        Assert.Equal(7, socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval));
        Assert.Equal(3, socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount));
        Assert.Equal(12_345, Read(socket, UserTimeout));
    }
}
