using System.Runtime.InteropServices;
using Router.Cluster;

namespace Router.Postgres.Fencing;

/// <summary>CLOCK_BOOTTIME of the kernel this process runs on.</summary>
public sealed partial class LinuxBootClock : IBootClock
{
    private const int ClockBoottime = 7;
    private const long NanosecondsPerTick = 100;

    public BootTime Now
    {
        get
        {
            if (ClockGetTime(ClockBoottime, out var time) != 0)
            {
                throw new PlatformNotSupportedException("CLOCK_BOOTTIME cannot be read: Linux is needed.");
            }

            return new BootTime(
                TimeSpan.FromTicks((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / NanosecondsPerTick)));
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int ClockGetTime(int clock, out Timespec time);

    private readonly struct Timespec
    {
        public readonly nint Seconds;
        public readonly nint Nanoseconds;
    }
}
