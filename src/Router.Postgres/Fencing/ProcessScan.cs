namespace Router.Postgres.Fencing;

/// <summary>
/// Finds the processes of an instance: those of its uid that work in the data directory, and all descendants of its
/// postmaster. Buffers are kept between scans. Owned by one thread.
/// </summary>
internal sealed unsafe class ProcessScan : IDisposable
{
    private const int NameOffset = 19;
    private const int RoomAtFirst = 4096;

    private readonly int _ownPid = Environment.ProcessId;
    private ProcessEntry[] _members = new ProcessEntry[RoomAtFirst];
    private ProcessEntry[] _others = new ProcessEntry[RoomAtFirst];
    private int _memberCount;
    private int _otherCount;
    private nint _directory;

    /// <summary>
    /// The agent, which may have been started from the data directory and is not to be fenced; 0: none.
    /// </summary>
    public int AgentPid { get; set; }

    public ReadOnlySpan<ProcessEntry> Members => _members.AsSpan(0, _memberCount);

    /// <exception cref="InvalidOperationException">/proc cannot be read.</exception>
    public void Run(InstanceIdentity instance)
    {
        (_memberCount, _otherCount) = (0, 0);
        Open();
        for (var entry = Kernel.ReadDirectory(_directory); entry != null; entry = Kernel.ReadDirectory(_directory))
        {
            if (entry[NameOffset] is >= (byte)'1' and <= (byte)'9')
            {
                Look(PidOf(entry + NameOffset), instance);
            }
        }

        AdoptDescendants(instance);
        MarkRoots();
    }

    public void Dispose()
    {
        if (_directory != 0)
        {
            _ = Kernel.CloseDirectory(_directory);
            _directory = 0;
        }
    }

    private static int PidOf(byte* name)
    {
        var length = 0;
        while (name[length] != 0)
        {
            length++;
        }

        return (int)ProcFiles.ParseNumber(new(name, length));
    }

    private void Open()
    {
        if (_directory != 0)
        {
            Kernel.RewindDirectory(_directory);
            return;
        }

        fixed (byte* path = "/proc\0"u8)
        {
            _directory = Kernel.OpenDirectory(path);
        }

        if (_directory == 0)
        {
            throw new InvalidOperationException("/proc cannot be read: the fence finds no process without it.");
        }
    }

    private void Look(int pid, InstanceIdentity instance)
    {
        // Process 1 is never of the instance; the kernel would ignore the signal inside its own namespace anyway.
        if (pid <= 1 || pid == _ownPid || pid == AgentPid
            || !ProcFiles.TryReadOwner(pid, out var uid) || uid != instance.Uid
            || !ProcFiles.TryReadStat(pid, out var parentPid, out var startTicks, out var isDead) || isDead)
        {
            return;
        }

        var entry = new ProcessEntry(pid, parentPid, startTicks, IsRoot: false);
        if (ProcFiles.WorksIn(pid, instance))
        {
            Add(ref _members, ref _memberCount, entry);
        }
        else
        {
            Add(ref _others, ref _otherCount, entry);
        }
    }

    /// <summary>
    /// A child that has left the directory (an extension may) is still the instance's. Only the postmaster's family is
    /// followed: a shell that works in the data directory has children that are somebody else's.
    /// </summary>
    private void AdoptDescendants(InstanceIdentity instance)
    {
        if (IndexOf(instance.PostmasterPid) < 0)
        {
            return;
        }

        for (var adopted = true; adopted;)
        {
            adopted = false;
            for (var i = 0; i < _otherCount; i++)
            {
                if (_others[i].Pid != 0 && DescendsFrom(instance.PostmasterPid, _others[i].ParentPid))
                {
                    Add(ref _members, ref _memberCount, _others[i]);
                    _others[i] = default;
                    adopted = true;
                }
            }
        }
    }

    private bool DescendsFrom(int postmasterPid, int pid)
    {
        const int GenerationsMax = 64;
        for (var generation = 0; generation < GenerationsMax && pid != postmasterPid; generation++)
        {
            var index = IndexOf(pid);
            if (index < 0)
            {
                return false;
            }

            pid = _members[index].ParentPid;
        }

        return pid == postmasterPid;
    }

    private void MarkRoots()
    {
        for (var i = 0; i < _memberCount; i++)
        {
            _members[i].IsRoot = IndexOf(_members[i].ParentPid) < 0;
        }
    }

    private int IndexOf(int pid)
    {
        for (var i = 0; i < _memberCount; i++)
        {
            if (_members[i].Pid == pid)
            {
                return i;
            }
        }

        return -1;
    }

    private static void Add(ref ProcessEntry[] entries, ref int count, ProcessEntry entry)
    {
        if (count == entries.Length)
        {
            Array.Resize(ref entries, 2 * count);
        }

        entries[count++] = entry;
    }
}
