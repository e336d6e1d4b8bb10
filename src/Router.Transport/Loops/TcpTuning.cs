using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Router.Transport.Loops;

/// <summary>What every TCP socket is told: send small messages at once, and the options.</summary>
internal static class TcpTuning
{
    private const int IpProtoTcp = 6;
    private const int DeferAccept = 9;
    private const int UserTimeout = 18;

    /// <summary>
    /// Tunes a socket; a listening one passes it all on to what it accepts (on Linux), which saves the calls there.
    /// </summary>
    public static void Apply(Socket socket, TcpOptions options)
    {
        if (socket.AddressFamily == AddressFamily.Unix)
        {
            return;
        }

        socket.NoDelay = true;
        SetOnLinux(socket, UserTimeout, (int)options.UserTimeout.TotalMilliseconds);
        if (!options.KeepAlive)
        {
            return;
        }

        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        SetIfGiven(socket, SocketOptionName.TcpKeepAliveTime, (int)options.KeepIdle.TotalSeconds);
        SetIfGiven(socket, SocketOptionName.TcpKeepAliveInterval, (int)options.KeepInterval.TotalSeconds);
        SetIfGiven(socket, SocketOptionName.TcpKeepAliveRetryCount, options.KeepCount);
    }

    /// <summary>What only a listening socket is told.</summary>
    public static void ApplyToListener(Socket socket, TcpOptions options)
    {
        Apply(socket, options);
        if (socket.AddressFamily != AddressFamily.Unix)
        {
            SetOnLinux(socket, DeferAccept, (int)options.DeferAccept.TotalSeconds);
        }
    }

    private static void SetIfGiven(Socket socket, SocketOptionName name, int value)
    {
        if (value > 0)
        {
            socket.SetSocketOption(SocketOptionLevel.Tcp, name, value);
        }
    }

    /// <remarks>.NET has no names for these.</remarks>
    private static void SetOnLinux(Socket socket, int name, int value)
    {
        if (value > 0 && OperatingSystem.IsLinux())
        {
            socket.SetRawSocketOption(IpProtoTcp, name, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)));
        }
    }
}
