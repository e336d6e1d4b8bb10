using System.Runtime.InteropServices;
using Router.Transport.Linux;

namespace Router.Transport.Epoll;

/// <summary>The calls of epoll; they answer as those of <see cref="Native"/> do.</summary>
internal static unsafe partial class EpollCalls
{
    public const int EdgeTriggered = 1 << 31;

    public const int Add = 1;
    public const int Delete = 2;

    public static int Create() => Native.Answer(epoll_create1(Native.CloseOnExec));

    public static int Control(int epoll, int operation, int descriptor, int events, ulong data)
    {
        var entry = stackalloc byte[EpollEvents.MaxStride];
        EpollEvents.Write(entry, events, data);
        return Native.Answer(epoll_ctl(epoll, operation, descriptor, entry));
    }

    public static int Wait(int epoll, EpollEvents events, int timeoutMs) =>
        Native.Answer(epoll_wait(epoll, events.Pointer, events.Capacity, timeoutMs));

    [LibraryImport("libc")]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc")]
    private static partial int epoll_ctl(int epoll, int operation, int fd, byte* entry);

    [LibraryImport("libc")]
    private static partial int epoll_wait(int epoll, byte* events, int capacity, int timeoutMs);
}
