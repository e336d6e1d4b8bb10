using System.Runtime.InteropServices;

namespace Router.Agent.Guarding;

/// <summary><c>struct itimerspec</c>: interval, then the first expiry.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimerSetting
{
    public nint IntervalSeconds;
    public nint IntervalNanoseconds;
    public nint FirstSeconds;
    public nint FirstNanoseconds;
}
