namespace Router.Postgres.Fencing;

/// <summary>
/// The shared memory segment named in postmaster.pid. PostgreSQL keeps one even with <c>shared_memory_type = mmap</c>,
/// for the very purpose of counting who is attached; a process in D state stays attached until it is gone.
/// </summary>
internal readonly record struct SharedSegment(int Key, int Id)
{
    private const int Einval = 22;
    private const int Eidrm = 43;

    /// <summary>How many processes are attached; null when the kernel does not say.</summary>
    public unsafe long? Attached()
    {
        SharedMemoryStatus status;
        if (Kernel.SharedMemoryControl(Id, Kernel.IpcStat, &status) != 0)
        {
            // The segment was removed, which the kernel does after the last detach only.
            return Kernel.LastError is Einval or Eidrm ? 0 : null;
        }

        // Ids are used again: under another key it is somebody else's segment and ours is gone. A removed segment
        // that is still attached has its key zeroed.
        return status.Key == Key || status.Key == 0 ? (long)status.Attached : 0;
    }
}
