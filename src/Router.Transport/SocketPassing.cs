using System.Net.Sockets;
using System.Runtime.InteropServices;
using Router.Transport.Linux;
using Router.Transport.Loops;

namespace Router.Transport;

/// <summary>
/// Passes sockets to another process, by a unix socket between both (SCM_RIGHTS; Linux only). What is passed stays open here
/// too: both have the same socket, with one queue of those who connect to it.
/// </summary>
public static unsafe partial class SocketPassing
{
    /// <summary>More than anybody listens on, and less than the kernel takes in one message.</summary>
    public const int SocketsMax = 64;

    private const int SolSocket = 1;
    private const int ScmRights = 1;
    private const int CloseOnExec = 0x4000_0000;

    /// <summary>Who is at the other end; null where the kernel does not tell.</summary>
    public static PeerCredentials? PeerOf(Socket channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return Native.GetPeerCredentials(DescriptorOf(channel));
    }

    /// <summary>Sends them with one byte.</summary>
    /// <exception cref="TransportException">The other end is gone, or takes nothing now.</exception>
    public static void Send(Socket channel, IReadOnlyList<Socket> sockets)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(sockets);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sockets.Count, SocketsMax);
        byte one = 1;
        var piece = new IoVector { Base = &one, Length = 1 };
        var control = stackalloc byte[ControlSize];
        var head = (ControlHeader*)control;
        *head = new ControlHeader
        {
            Length = (nuint)(sizeof(ControlHeader) + (sockets.Count * sizeof(int))),
            Level = SolSocket,
            Type = ScmRights,
        };
        for (var i = 0; i < sockets.Count; i++)
        {
            ((int*)(head + 1))[i] = DescriptorOf(sockets[i]);
        }

        var message = new MessageHeader { Pieces = &piece, PieceCount = 1, Control = control, ControlLength = Aligned(head->Length) };
        if (Native.Answer((int)sendmsg(DescriptorOf(channel), &message, Native.NoSignal)) is var answer and < 0)
        {
            throw new TransportException($"sockets cannot be passed on: {Native.Describe(answer)}");
        }
    }

    /// <summary>What <see cref="Send"/> has sent, for the caller to use and dispose of.</summary>
    /// <exception cref="TransportException">The other end is gone, or sent something else.</exception>
    public static IReadOnlyList<Socket> Receive(Socket channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        byte one;
        var piece = new IoVector { Base = &one, Length = 1 };
        var control = stackalloc byte[ControlSize];
        var message = new MessageHeader { Pieces = &piece, PieceCount = 1, Control = control, ControlLength = (nuint)ControlSize };
        var answer = Native.Answer((int)recvmsg(DescriptorOf(channel), &message, CloseOnExec));
        var head = (ControlHeader*)control;
        if (answer <= 0 || message.ControlLength < (nuint)sizeof(ControlHeader) || head->Level != SolSocket || head->Type != ScmRights)
        {
            throw new TransportException(answer < 0
                ? $"sockets cannot be received: {Native.Describe(answer)}"
                : "the other process passed no sockets");
        }

        var count = (int)(head->Length - (nuint)sizeof(ControlHeader)) / sizeof(int);
        var sockets = new List<Socket>(count);
        for (var i = 0; i < count; i++)
        {
            sockets.Add(new Socket(new SafeSocketHandle(((int*)(head + 1))[i], ownsHandle: true)));
        }

        return sockets;
    }

    /// <summary>Gives up a socket that was received and is not used; it stays as it is for the other process.</summary>
    public static void Leave(Socket socket) => ListeningSocket.Leave(socket);

    private static int ControlSize => (int)Aligned((nuint)(sizeof(ControlHeader) + (SocketsMax * sizeof(int))));

    private static nuint Aligned(nuint length) => (length + (nuint)sizeof(nuint) - 1) & ~((nuint)sizeof(nuint) - 1);

    private static int DescriptorOf(Socket socket) => (int)socket.SafeHandle.DangerousGetHandle();

    [LibraryImport("libc")]
    private static partial nint sendmsg(int fd, MessageHeader* message, int flags);

    [LibraryImport("libc")]
    private static partial nint recvmsg(int fd, MessageHeader* message, int flags);

    private struct IoVector
    {
        public void* Base;
        public nuint Length;
    }

    private struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public IoVector* Pieces;
        public nuint PieceCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    private struct ControlHeader
    {
        public nuint Length;
        public int Level;
        public int Type;
    }
}
