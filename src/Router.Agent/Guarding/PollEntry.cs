using System.Runtime.InteropServices;

namespace Router.Agent.Guarding;

/// <summary><c>struct pollfd</c>; a negative descriptor is skipped by the kernel.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollEntry
{
    public int Fd;
    public short Events;
    public short Returned;
}
