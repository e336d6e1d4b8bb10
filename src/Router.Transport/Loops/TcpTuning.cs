using System.Net.Sockets;

namespace Router.Transport.Loops;

/// <summary>What every TCP socket is told: send small messages at once, and probe silent peers.</summary>
internal static class TcpTuning
{
    /// <summary>
    /// Tunes a socket; a listening one passes it all on to what it accepts (on Linux), which saves the calls there.
    /// </summary>
    public static void Apply(Socket socket, TcpKeepAlive? keepAlive)
    {
        if (socket.AddressFamily == AddressFamily.Unix)
        {
            return;
        }

        socket.NoDelay = true;
        if (keepAlive is null)
        {
            return;
        }

        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        SetIfGiven(socket, SocketOptionName.TcpKeepAliveTime, (int)keepAlive.Idle.TotalSeconds);
        SetIfGiven(socket, SocketOptionName.TcpKeepAliveInterval, (int)keepAlive.Interval.TotalSeconds);
        SetIfGiven(socket, SocketOptionName.TcpKeepAliveRetryCount, keepAlive.Count);
    }

    private static void SetIfGiven(Socket socket, SocketOptionName name, int value)
    {
        if (value > 0)
        {
            socket.SetSocketOption(SocketOptionLevel.Tcp, name, value);
        }
    }
}
