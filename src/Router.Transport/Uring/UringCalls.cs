using System.Runtime.InteropServices;
using Router.Transport.Linux;

namespace Router.Transport.Uring;

/// <summary>
/// The calls of io_uring, which libc has no names for; they answer as those of <see cref="Native"/> do. Names and numbers
/// of operations and flags are the kernel's (linux/io_uring.h).
/// </summary>
internal static unsafe partial class UringCalls
{
    public const byte OperationPollAdd = 6;
    public const byte OperationAccept = 13;
    public const byte OperationAsyncCancel = 14;
    public const byte OperationClose = 19;
    public const byte OperationRead = 22;
    public const byte OperationSend = 26;
    public const byte OperationReceive = 27;

    /// <summary>Takes a buffer of the registered ring when there is something to put into it.</summary>
    public const byte EntryBufferSelect = 1 << 5;

    /// <summary>No completion where the operation did all that was asked.</summary>
    public const byte EntrySkipSuccess = 1 << 6;

    /// <summary>Waits for readiness before the first attempt.</summary>
    public const ushort PollFirst = 1 << 0;

    /// <summary>Accepts again and again.</summary>
    public const ushort AcceptMultishot = 1 << 0;

    public const uint CompletionBuffer = 1 << 0;

    /// <summary>The operation goes on: more completions will come.</summary>
    public const uint CompletionMore = 1 << 1;

    /// <summary>The socket has more than was received.</summary>
    public const uint CompletionNonEmpty = 1 << 2;

    public const int CompletionBufferShift = 16;

    public const uint SetupCompletionSize = 1 << 3;
    public const uint SetupDisabled = 1 << 6;
    public const uint SetupSubmitAll = 1 << 7;
    public const uint SetupSingleIssuer = 1 << 12;
    public const uint SetupDeferTaskRun = 1 << 13;

    public const uint EnterGetEvents = 1 << 0;
    public const uint EnterExtendedArgument = 1 << 3;

    /// <summary>The wait is idle time, and not time that a disk is waited for; newer kernels only.</summary>
    public const uint EnterNoIoWait = 1 << 7;

    public const uint SubmissionOverflow = 1 << 1;

    public const uint RegisterEnableRings = 12;
    public const uint RegisterBufferRing = 22;

    public const long OffsetRings = 0;
    public const long OffsetEntries = 0x10000000;

    // The same on every architecture.
    private const nint CallSetup = 425;
    private const nint CallEnter = 426;
    private const nint CallRegister = 427;

    private const int ProtectReadWrite = 1 | 2;
    private const int MapShared = 1;
    private const int MapPrivate = 2;
    private const int MapAnonymous = 0x20;
    private const int MapPopulate = 0x8000;

    public static int Setup(uint entries, UringParameters* parameters) =>
        Native.Answer((int)syscall(CallSetup, (nint)entries, (nint)parameters, 0, 0, 0, 0));

    public static int Enter(int ring, uint submit, uint completionsMin, uint flags, UringWait* wait) =>
        Native.Answer((int)syscall(
            CallEnter, ring, (nint)submit, (nint)completionsMin, (nint)flags, (nint)wait, sizeof(UringWait)));

    public static int Register(int ring, uint operation, void* argument, uint count) =>
        Native.Answer((int)syscall(CallRegister, ring, (nint)operation, (nint)argument, (nint)count, 0, 0));

    /// <summary>Memory that is shared with a ring.</summary>
    /// <exception cref="TransportException">The system has none.</exception>
    public static byte* MapRing(int ring, long offset, nuint length) =>
        Require(mmap(null, length, ProtectReadWrite, MapShared | MapPopulate, ring, offset));

    /// <summary>Whole pages of our own.</summary>
    /// <exception cref="TransportException">The system has none.</exception>
    public static byte* MapPages(nuint length) =>
        Require(mmap(null, length, ProtectReadWrite, MapPrivate | MapAnonymous, -1, 0));

    public static void Unmap(byte* memory, nuint length) => _ = munmap(memory, length);

    private static byte* Require(byte* memory) =>
        (nint)memory != -1 ? memory : throw new TransportException($"mmap failed: {Native.Describe(Native.Answer(-1))}");

    [LibraryImport("libc")]
    private static partial nint syscall(nint number, nint first, nint second, nint third, nint fourth, nint fifth, nint sixth);

    [LibraryImport("libc")]
    private static partial byte* mmap(byte* address, nuint length, int protection, int flags, int fd, long offset);

    [LibraryImport("libc")]
    private static partial int munmap(byte* address, nuint length);
}
