using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Router.Agent.Guarding;

/// <summary>Wakes the guard's loop from another thread (eventfd).</summary>
internal sealed unsafe class LoopSignal : IDisposable
{
    /// <exception cref="Win32Exception">The kernel refuses.</exception>
    public LoopSignal()
    {
        Fd = GuardKernel.EventCreate(0, GuardKernel.CloseOnExec | GuardKernel.NonBlocking);
        if (Fd < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "eventfd");
        }
    }

    public int Fd { get; }

    public void Raise()
    {
        ulong one = 1;
        _ = GuardKernel.Write(Fd, &one, sizeof(ulong));
    }

    public void Take()
    {
        ulong count;
        _ = GuardKernel.Read(Fd, &count, sizeof(ulong));
    }

    public void Dispose() => _ = GuardKernel.Close(Fd);
}
