using System.Runtime.InteropServices;

namespace Router.Agent.Guarding;

/// <summary>The system calls of the guard's loop.</summary>
internal static partial class GuardKernel
{
    public const int ClockBoottime = 7;
    public const int TimerAbsolute = 1;
    public const int CloseOnExec = 0x80000;
    public const int NonBlocking = 0x800;
    public const short PollIn = 1;

    /// <summary>
    /// MCL_CURRENT, MCL_FUTURE and MCL_ONFAULT: what was touched once stays, what never was costs nothing.
    /// </summary>
    public const int LockAllTouched = 1 | 2 | 4;

    public const int NoSuchProcess = 3;

    private const nint PidfdSendSignalNumber = 424;
    private const nint PidfdOpenNumber = 434;
    private const int SigKill = 9;

    public static int PidfdOpen(int pid) => (int)SystemCall(PidfdOpenNumber, pid, 0, 0, 0);

    public static int PidfdKill(int pidfd) => (int)SystemCall(PidfdSendSignalNumber, pidfd, SigKill, 0, 0);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static unsafe partial int Poll(PollEntry* entries, nuint count, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "timerfd_create", SetLastError = true)]
    public static partial int TimerCreate(int clock, int flags);

    [LibraryImport("libc", EntryPoint = "timerfd_settime", SetLastError = true)]
    public static unsafe partial int TimerSet(int fd, int flags, TimerSetting* next, TimerSetting* previous);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventCreate(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static unsafe partial nint Read(int fd, ulong* value, nint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static unsafe partial nint Write(int fd, ulong* value, nint length);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "setsid", SetLastError = true)]
    public static partial int NewSession();

    [LibraryImport("libc", EntryPoint = "mlockall", SetLastError = true)]
    public static partial int LockMemory(int flags);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUid();

    // The C prototype is variadic; on Linux all register arguments of integers are passed alike.
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth);
}
