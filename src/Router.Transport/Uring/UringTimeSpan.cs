using System.Runtime.InteropServices;

namespace Router.Transport.Uring;

/// <summary>struct __kernel_timespec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct UringTimeSpan
{
    public long Seconds;

    public long Nanoseconds;

    public static UringTimeSpan OfMilliseconds(int milliseconds) => new()
    {
        Seconds = milliseconds / 1000,
        Nanoseconds = milliseconds % 1000 * 1_000_000L,
    };
}
