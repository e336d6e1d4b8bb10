using System.ComponentModel;
using System.Runtime.InteropServices;
using Router.Cluster;

namespace Router.Agent.Guarding;

/// <summary>
/// A descriptor that becomes readable at a point of CLOCK_BOOTTIME, also when the machine slept over it.
/// </summary>
internal sealed unsafe class BootTimer : IDisposable
{
    private const long NanosecondsPerTick = 100;

    /// <exception cref="Win32Exception">The kernel refuses.</exception>
    public BootTimer()
    {
        Fd = GuardKernel.TimerCreate(GuardKernel.ClockBoottime, GuardKernel.CloseOnExec | GuardKernel.NonBlocking);
        if (Fd < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "timerfd_create");
        }
    }

    public int Fd { get; }

    public void Set(BootTime due)
    {
        // All zeros would switch the timer off.
        var ticks = Math.Max(1, due.SinceBoot.Ticks);
        var setting = new TimerSetting
        {
            FirstSeconds = (nint)(ticks / TimeSpan.TicksPerSecond),
            FirstNanoseconds = (nint)(ticks % TimeSpan.TicksPerSecond * NanosecondsPerTick),
        };
        _ = GuardKernel.TimerSet(Fd, GuardKernel.TimerAbsolute, &setting, null);
    }

    public void Dispose() => _ = GuardKernel.Close(Fd);
}
