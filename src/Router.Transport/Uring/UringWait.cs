using System.Runtime.InteropServices;

namespace Router.Transport.Uring;

/// <summary>struct io_uring_getevents_arg: how long a wait lasts.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct UringWait
{
    public ulong SignalMask;

    public uint SignalMaskBytes;

    public uint Unused;

    /// <summary>Null: without end.</summary>
    public UringTimeSpan* Timeout;
}
