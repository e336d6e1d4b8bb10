namespace Router.Postgres.Fencing;

/// <summary>Signals one process and never another that got its id.</summary>
internal static class ProcessSignal
{
    /// <summary>0, or the errno; ESRCH when the process is gone or its id is somebody else's by now.</summary>
    public static int Send(in ProcessEntry process, int signal)
    {
        var pidfd = Kernel.PidfdOpen(process.Pid);
        if (pidfd < 0)
        {
            return Kernel.LastError == Kernel.Enosys ? SendById(process, signal) : Kernel.LastError;
        }

        // The descriptor is fixed to whoever has the id now; the start time says whether that is who we saw.
        var error = IsSame(process) ? Try(Kernel.PidfdSendSignal(pidfd, signal)) : Kernel.Esrch;
        _ = Kernel.Close(pidfd);
        return error;
    }

    /// <summary>Before Linux 5.3 the check and the signal are two steps.</summary>
    private static int SendById(in ProcessEntry process, int signal) =>
        IsSame(process) ? Try(Kernel.Kill(process.Pid, signal)) : Kernel.Esrch;

    private static bool IsSame(in ProcessEntry process) =>
        ProcFiles.TryReadStat(process.Pid, out _, out var startTicks, out _) && startTicks == process.StartTicks;

    private static int Try(int result) => result == 0 ? 0 : Kernel.LastError;
}
