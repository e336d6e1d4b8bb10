using System.Globalization;
using Router.Postgres.Fencing;
using Router.Postgres.Files;

namespace Router.Postgres.Processes;

/// <summary>
/// The postmaster of one data directory, whoever started it: found by its lock file, and believed only where a process
/// of that id works in the directory. So an instance that was running before this process is adopted by looking.
/// </summary>
internal sealed class Postmaster(string dataDirectory, TimeProvider time)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>The living postmaster; null where none lives.</summary>
    /// <exception cref="IOException">The lock file cannot be read.</exception>
    public PostmasterProcess? Find()
    {
        var text = AtomicFile.ReadOrNull(Path.Combine(dataDirectory, LockFile.Name));
        if (text is null || LockFile.Parse(text) is not { } file)
        {
            return null;
        }

        Reap(file.Pid);
        return TryReadState(file.Pid, out var state, out var startTicks) && WorksHere(file.Pid)
            ? new PostmasterProcess(file.Pid, startTicks, state is 'T' or 't', file)
            : null;
    }

    /// <summary>Still the same process, and alive.</summary>
    public static bool IsAlive(PostmasterProcess process)
    {
        Reap(process.Pid);
        return TryReadState(process.Pid, out _, out var startTicks) && startTicks == process.StartTicks;
    }

    /// <summary>A process that we have just started; its id cannot be another's before it is waited for here.</summary>
    public static bool IsAlive(int pid)
    {
        Reap(pid);
        return TryReadState(pid, out _, out _);
    }

    /// <summary>
    /// The postmaster is dead and processes of it are still attached to its shared memory: they may yet acknowledge. A
    /// single-user server has no clients: a rewind recovers by one.
    /// </summary>
    public bool HasOrphans()
    {
        var text = AtomicFile.ReadOrNull(Path.Combine(dataDirectory, LockFile.Name));
        return text is not null
            && PostmasterFile.Parse(text) is { IsSingleUser: false, Segment: { } segment }
            && segment.Attached() > 0 && Find() is null;
    }

    public static void Signal(PostmasterProcess process, int signal) =>
        ProcessSignal.Send(new ProcessEntry(process.Pid, 0, process.StartTicks, IsRoot: true), signal);

    /// <summary>True once it is gone; false when the bound passed.</summary>
    public async Task<bool> WaitForExitAsync(PostmasterProcess process, TimeSpan bound, CancellationToken aborted)
    {
        var start = time.GetTimestamp();
        while (IsAlive(process))
        {
            if (time.GetElapsedTime(start) >= bound)
            {
                return false;
            }

            await Task.Delay(PollInterval, time, aborted);
        }

        return true;
    }

    /// <summary>
    /// A postmaster that is our child, or was left to us as the first process of a container, stays as a zombie until
    /// it is waited for, and its own restart would take it for alive.
    /// </summary>
    private static unsafe void Reap(int pid)
    {
        int status;
        _ = Libc.WaitPid(pid, &status, Libc.NoHang);
    }

    private bool WorksHere(int pid)
    {
        try
        {
            var link = File.ResolveLinkTarget(
                string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/cwd"), returnFinalTarget: false);
            return link?.FullName == PathResolution.Resolve(dataDirectory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool TryReadState(int pid, out char state, out ulong startTicks)
    {
        state = '\0';
        if (!ProcFiles.TryReadStat(pid, out _, out startTicks, out var isDead) || isDead)
        {
            return false;
        }

        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            var at = stat.LastIndexOf(')') + 2;
            state = at > 1 && at < stat.Length ? stat[at] : '\0';
            return state != '\0';
        }
        catch (IOException)
        {
            return false;
        }
    }
}
