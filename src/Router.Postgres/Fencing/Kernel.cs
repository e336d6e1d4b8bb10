using System.Runtime.InteropServices;

namespace Router.Postgres.Fencing;

/// <summary>
/// The system calls of the fence. All arguments are blittable: nothing is marshalled or allocated on the way down.
/// </summary>
internal static unsafe partial class Kernel
{
    public const int SigKill = 9;
    public const int SigStop = 19;
    public const int Esrch = 3;
    public const int Enosys = 38;
    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int CloseOnExec = 0x80000;
    public const int AtCurrentDirectory = -100;

    /// <summary>Answer from what is cached: a network file system that hangs must not hang the fence.</summary>
    public const int StatWithoutSync = 0x4000;

    public const int IpcStat = 2;

    private const nint PidfdSendSignalNumber = 424;
    private const nint PidfdOpenNumber = 434;

    public static int LastError => Marshal.GetLastPInvokeError();

    public static int PidfdOpen(int pid) => (int)SystemCall(PidfdOpenNumber, pid, 0, 0, 0);

    public static int PidfdSendSignal(int pidfd, int signal) =>
        (int)SystemCall(PidfdSendSignalNumber, pidfd, signal, 0, 0);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    public static partial int Open(byte* path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int fd, byte* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int fd, byte* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "readlink", SetLastError = true)]
    public static partial nint ReadLink(byte* path, byte* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    public static partial int Statx(int directory, byte* path, int flags, uint mask, StatxBuffer* buffer);

    [LibraryImport("libc", EntryPoint = "opendir", SetLastError = true)]
    public static partial nint OpenDirectory(byte* path);

    [LibraryImport("libc", EntryPoint = "rewinddir")]
    public static partial void RewindDirectory(nint directory);

    [LibraryImport("libc", EntryPoint = "readdir", SetLastError = true)]
    public static partial byte* ReadDirectory(nint directory);

    [LibraryImport("libc", EntryPoint = "closedir", SetLastError = true)]
    public static partial int CloseDirectory(nint directory);

    [LibraryImport("libc", EntryPoint = "shmctl", SetLastError = true)]
    public static partial int SharedMemoryControl(int id, int command, SharedMemoryStatus* status);

    // The C prototype is variadic; on Linux all register arguments of integers are passed alike.
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth);
}
