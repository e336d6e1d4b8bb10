using System.Runtime.InteropServices;

namespace Router.Transport.Linux;

/// <summary>
/// The Linux calls on sockets and event descriptors. Each answers as the kernel does: a count or descriptor, or the
/// negative errno.
/// </summary>
internal static unsafe partial class Native
{
    // What a descriptor is ready for; poll, epoll and io_uring share the numbers.
    public const int PollIn = 0x1;
    public const int PollOut = 0x4;
    public const int PollError = 0x8;
    public const int PollHangUp = 0x10;
    public const int PollPeerHangUp = 0x2000;

    public const int NotPermitted = 1;
    public const int Intr = 4;
    public const int Again = 11;
    public const int NoFile = 24;
    public const int SystemNoFile = 23;
    public const int NoMemory = 12;
    public const int Busy = 16;
    public const int Invalid = 22;
    public const int NotImplemented = 38;
    public const int TimedOut = 62;
    public const int NoBuffers = 105;
    public const int InProgress = 115;
    public const int Cancelled = 125;

    public const int CloseOnExec = 0x80000;
    public const int NonBlocking = 0x800;

    /// <summary>A peer that is gone is an error of the call, not a SIGPIPE of the process.</summary>
    public const int NoSignal = 0x4000;

    /// <summary>The call does not wait, also where its descriptor would.</summary>
    public const int DontWait = 0x40;

    /// <summary>A stream's call goes on until all is moved.</summary>
    public const int WaitAll = 0x100;

    private const int ShutdownWrite = 1;
    private const int Stream = 1;
    private const int SetFlags = 4;
    private const int SolSocket = 1;
    private const int SoError = 4;
    private const int SoKeepAlive = 9;
    private const int SoLinger = 13;
    private const int SoPeerCredentials = 17;
    private const int IpProtoTcp = 6;
    private const int TcpNoDelay = 1;
    private const int TcpKeepIdle = 4;
    private const int TcpKeepInterval = 5;
    private const int TcpKeepCount = 6;
    private const int TcpUserTimeout = 18;

    public static int Receive(int descriptor, Span<byte> target)
    {
        fixed (byte* bytes = target)
        {
            nint result;
            do
            {
                result = recv(descriptor, bytes, (nuint)target.Length, DontWait);
            }
            while (result < 0 && Marshal.GetLastSystemError() == Intr);

            return Answer((int)result);
        }
    }

    public static int Send(int descriptor, ReadOnlySpan<byte> source)
    {
        fixed (byte* bytes = source)
        {
            nint result;
            do
            {
                result = send(descriptor, bytes, (nuint)source.Length, NoSignal | DontWait);
            }
            while (result < 0 && Marshal.GetLastSystemError() == Intr);

            return Answer((int)result);
        }
    }

    /// <summary>Accepts a descriptor that does not block.</summary>
    public static int Accept(int descriptor) => Answer(accept4(descriptor, null, null, CloseOnExec | NonBlocking));

    /// <summary>From now on calls wait, but those that say otherwise.</summary>
    public static int SetBlocking(int descriptor) => Answer(fcntl(descriptor, SetFlags, 0));

    public static int OpenSocket(int family) => Answer(socket(family, Stream | CloseOnExec | NonBlocking, 0));

    /// <summary>Two unix sockets that are connected to each other, and block.</summary>
    public static int OpenPair(out int first, out int second)
    {
        const int Unix = 1;
        var pair = stackalloc int[2];
        var answer = Answer(socketpair(Unix, Stream | CloseOnExec, 0, pair));
        (first, second) = (pair[0], pair[1]);
        return answer;
    }

    public static int Connect(int descriptor, ReadOnlySpan<byte> address)
    {
        fixed (byte* bytes = address)
        {
            return Answer(connect(descriptor, bytes, (uint)address.Length));
        }
    }

    public static int Shutdown(int descriptor) => Answer(shutdown(descriptor, ShutdownWrite));

    public static int Close(int descriptor) => Answer(close(descriptor));

    /// <summary>The error that an asynchronous connect ended with, negative; 0 when it succeeded.</summary>
    public static int TakeError(int descriptor)
    {
        var error = 0;
        var length = (uint)sizeof(int);
        var answer = Answer(getsockopt(descriptor, SolSocket, SoError, &error, &length));
        return answer < 0 ? answer : -error;
    }

    /// <summary>What <see cref="Loops.TcpTuning"/> does, for a bare descriptor.</summary>
    public static void TuneTcp(int descriptor, TcpOptions options)
    {
        SetOption(descriptor, IpProtoTcp, TcpNoDelay, 1);
        SetOption(descriptor, IpProtoTcp, TcpUserTimeout, (int)options.UserTimeout.TotalMilliseconds);
        if (!options.KeepAlive)
        {
            return;
        }

        SetOption(descriptor, SolSocket, SoKeepAlive, 1);
        SetOption(descriptor, IpProtoTcp, TcpKeepIdle, (int)options.KeepIdle.TotalSeconds);
        SetOption(descriptor, IpProtoTcp, TcpKeepInterval, (int)options.KeepInterval.TotalSeconds);
        SetOption(descriptor, IpProtoTcp, TcpKeepCount, options.KeepCount);
    }

    /// <summary>Null for anything but a unix socket.</summary>
    public static PeerCredentials? GetPeerCredentials(int descriptor)
    {
        var words = stackalloc int[3];
        var length = (uint)(3 * sizeof(int));
        var answer = Answer(getsockopt(descriptor, SolSocket, SoPeerCredentials, words, &length));
        // TCP answers with process 0 and no user.
        return answer < 0 || words[0] == 0 ? null : new PeerCredentials(words[0], (uint)words[1], (uint)words[2]);
    }

    /// <summary>Makes the next close send a reset and throw away what was not sent.</summary>
    public static void SetReset(int descriptor)
    {
        var linger = stackalloc int[] { 1, 0 };
        _ = setsockopt(descriptor, SolSocket, SoLinger, linger, 2 * sizeof(int));
    }

    public static int GetName(int descriptor, Span<byte> address, bool isPeer)
    {
        fixed (byte* bytes = address)
        {
            var length = (uint)address.Length;
            var answer = Answer(isPeer ? getpeername(descriptor, bytes, &length) : getsockname(descriptor, bytes, &length));
            return answer < 0 ? answer : (int)length;
        }
    }

    public static int CreateEventDescriptor(bool isBlocking) =>
        Answer(eventfd(0, isBlocking ? CloseOnExec : CloseOnExec | NonBlocking));

    public static void Signal(int eventDescriptor)
    {
        ulong one = 1;
        _ = write(eventDescriptor, &one, sizeof(ulong));
    }

    public static void Unsignal(int eventDescriptor)
    {
        ulong count;
        _ = read(eventDescriptor, &count, sizeof(ulong));
    }

    public static string Describe(int error) => Marshal.GetPInvokeErrorMessage(-error);

    private static void SetOption(int descriptor, int level, int name, int value)
    {
        if (value > 0)
        {
            _ = setsockopt(descriptor, level, name, &value, sizeof(int));
        }
    }

    /// <summary>What a call that failed answers: its negative errno.</summary>
    public static int Answer(int result) => result >= 0 ? result : -Marshal.GetLastSystemError();

    // No SetLastError: it costs a call before each system call, and Answer reads errno right behind it as the generated
    // code would.
    [LibraryImport("libc")]
    private static partial nint recv(int fd, byte* buffer, nuint length, int flags);

    [LibraryImport("libc")]
    private static partial nint send(int fd, byte* buffer, nuint length, int flags);

    [LibraryImport("libc")]
    private static partial int accept4(int fd, byte* address, uint* length, int flags);

    [LibraryImport("libc")]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc")]
    private static partial int socketpair(int family, int type, int protocol, int* pair);

    [LibraryImport("libc")]
    private static partial int connect(int fd, byte* address, uint length);

    [LibraryImport("libc")]
    private static partial int shutdown(int fd, int how);

    [LibraryImport("libc")]
    private static partial int close(int fd);

    [LibraryImport("libc")]
    private static partial int fcntl(int fd, int command, int argument);

    [LibraryImport("libc")]
    private static partial int getsockopt(int fd, int level, int name, void* value, uint* length);

    [LibraryImport("libc")]
    private static partial int setsockopt(int fd, int level, int name, void* value, uint length);

    [LibraryImport("libc")]
    private static partial int getpeername(int fd, byte* address, uint* length);

    [LibraryImport("libc")]
    private static partial int getsockname(int fd, byte* address, uint* length);

    [LibraryImport("libc")]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc")]
    private static partial nint read(int fd, void* buffer, nuint length);

    [LibraryImport("libc")]
    private static partial nint write(int fd, void* buffer, nuint length);
}
