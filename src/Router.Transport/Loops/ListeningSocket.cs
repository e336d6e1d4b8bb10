using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Router.Transport.Linux;

namespace Router.Transport.Loops;

/// <summary>Opens a listening socket; the cold path, so a .NET socket does for every back end.</summary>
internal static class ListeningSocket
{
    /// <exception cref="TransportException">Says which address and why.</exception>
    public static Socket Open(EndPoint endPoint, ListenOptions options, TcpOptions tcp)
    {
        if (options.Inherited is { } inherited)
        {
            return inherited;
        }

        var socket = new Socket(
            endPoint.AddressFamily,
            SocketType.Stream,
            endPoint.AddressFamily == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            TcpTuning.ApplyToListener(socket, tcp);
            if (options.ReusePort && endPoint.AddressFamily != AddressFamily.Unix)
            {
                SetReusePort(socket);
            }

            if (FileOf(endPoint) is { } file)
            {
                RemoveStale(file, endPoint);
            }

            socket.Bind(endPoint);
            if (FileOf(endPoint) is { } path && options.UnixSocketMode is { } mode && !OperatingSystem.IsWindows())
            {
                // Before listen: nobody can connect yet.
                File.SetUnixFileMode(path, mode);
            }

            socket.Listen(options.Backlog);
            socket.Blocking = false;
            return socket;
        }
        catch (Exception failure) when (failure is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw new TransportException($"cannot listen on {endPoint}: {Reason(failure)}", failure);
        }
    }

    /// <summary>Removes the file of a unix socket that was listened on.</summary>
    public static void RemoveFile(EndPoint endPoint)
    {
        if (FileOf(endPoint) is { } file)
        {
            File.Delete(file);
        }
    }

    /// <summary>
    /// Closes this process's descriptor of a socket that another one listens on, and changes nothing of the socket: a
    /// <see cref="Socket"/> that is disposed of would make it blocking, for the other process too.
    /// </summary>
    [SuppressMessage("Usage", "CA1816", Justification = "Its finalizer would wait for ever for the handle that it has no more.")]
    public static void Leave(Socket socket)
    {
        var descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        socket.SafeHandle.SetHandleAsInvalid();
        GC.SuppressFinalize(socket);
        Native.Close(descriptor);
    }

    private static string Reason(Exception failure) => failure switch
    {
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } =>
            "the address is in use; stop the other listener or choose another port",
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } =>
            "no interface of this machine has that address",
        SocketException { SocketErrorCode: SocketError.AccessDenied } =>
            "permission denied; ports below 1024 and foreign directories need a privilege",
        _ => failure.Message,
    };

    /// <summary>Null for TCP and for abstract unix sockets, which have no file.</summary>
    private static string? FileOf(EndPoint endPoint) =>
        endPoint is UnixDomainSocketEndPoint && endPoint.ToString() is { Length: > 0 } path && path[0] is not ('@' or '\0')
            ? path
            : null;

    private static void RemoveStale(string file, EndPoint endPoint)
    {
        if (!File.Exists(file))
        {
            return;
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(endPoint);
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(file);
            return;
        }

        throw new SocketException((int)SocketError.AddressAlreadyInUse);
    }

    /// <remarks>.NET has no name for it, and its ReuseAddress means something else on every system.</remarks>
    private static void SetReusePort(Socket socket)
    {
        var (level, name) = OperatingSystem.IsLinux() ? (1, 15)
            : OperatingSystem.IsMacOS() ? (0xffff, 0x200)
            : throw new TransportException("this system cannot share a port between processes (SO_REUSEPORT)");
        var on = 1;
        socket.SetRawSocketOption(level, name, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in on)));
    }
}
