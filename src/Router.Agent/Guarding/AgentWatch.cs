using System.Runtime.InteropServices;

namespace Router.Agent.Guarding;

/// <summary>
/// The agent's process as the guard's loop waits on it: a pidfd is readable once its process has ended.
/// </summary>
internal sealed class AgentWatch : IDisposable
{
    /// <summary>0: none.</summary>
    public int Pid { get; private set; }

    /// <summary>-1: none, or the kernel has no pidfd (before Linux 5.3) and the connection is all we have.</summary>
    public int Fd { get; private set; } = -1;

    /// <summary>How to start it again; null when somebody else does.</summary>
    public AgentCommand? Command { get; private set; }

    /// <summary>False when the process died before it could be watched.</summary>
    public bool Begin(int pid, AgentCommand? command)
    {
        End();
        (Pid, Command) = (pid, command);
        Fd = GuardKernel.PidfdOpen(pid);
        return Fd >= 0 || Marshal.GetLastPInvokeError() != GuardKernel.NoSuchProcess;
    }

    /// <summary>Lets go of the process; the command stays, to start it again.</summary>
    public void End()
    {
        Dispose();
        Pid = 0;
    }

    public void Dispose()
    {
        if (Fd >= 0)
        {
            _ = GuardKernel.Close(Fd);
            Fd = -1;
        }
    }
}
