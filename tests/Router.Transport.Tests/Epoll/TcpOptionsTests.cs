using System.Net;
using System.Net.Sockets;
using Router.Transport.Epoll;
using Router.Transport.Loops;

namespace Router.Transport.Tests.Epoll;

/// <summary>Options of bare descriptors, read back through .NET sockets.</summary>
public sealed class TcpOptionsTests
{
    private static readonly TcpKeepAlive KeepAlive = new(TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(7), 3);

    [Fact]
    public void Accepted_sockets_inherit_what_the_listener_was_told()
    {
        using var listener = ListeningSocket.Open(new IPEndPoint(IPAddress.Loopback, 0), new ListenOptions(), KeepAlive);
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
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Native.TuneTcp((int)socket.SafeHandle.DangerousGetHandle(), KeepAlive);
        AssertTuned(socket);
    }

    private static void AssertTuned(Socket socket)
    {
        Assert.True(socket.NoDelay);
        Assert.Equal(1, socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
        Assert.Equal(40, socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime));
        Assert.Equal(7, socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval));
        Assert.Equal(3, socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount));
    }
}
