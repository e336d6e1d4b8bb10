using Router.Cluster.Guarding;

namespace Router.Postgres.Fencing;

/// <summary>
/// Ends every process of one PostgreSQL instance at once and without its help. Killing the postmaster alone is not
/// enough: an orphaned backend goes on and acknowledges. So: stop the postmaster (no new children), kill the others,
/// kill the postmaster, and look again until nothing new is there; never a signal that PostgreSQL could act on, never
/// a wait.
/// <para>
/// <see cref="Refresh"/> reads the disk and may run on a thread of its own; everything else touches no disk and belongs
/// to one other thread.
/// </para>
/// </summary>
public sealed class InstanceFence : IDisposable
{
    private const int RoundsMax = 64;

    private readonly InstanceReader _reader;
    private readonly ProcessScan _scan = new();
    private ProcessEntry[] _signalled = new ProcessEntry[4096];
    private int _signalledCount;
    private volatile InstanceIdentity _instance = InstanceIdentity.None;

    /// <param name="dataDirectory">Need not exist yet.</param>
    public InstanceFence(string dataDirectory)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataDirectory);
        _reader = new InstanceReader(dataDirectory);
    }

    /// <summary>The agent may work in the data directory; it is not to be fenced. 0: none.</summary>
    public int AgentPid
    {
        get => _scan.AgentPid;
        set
        {
            _scan.AgentPid = value;
            _reader.AgentPid = value;
        }
    }

    /// <summary>
    /// Reads who the instance is (postmaster.pid, inode, cgroup) and what it does. To be called at start, before arming
    /// and from time to time: a data directory can be replaced. May block on a disk that hangs.
    /// </summary>
    public InstanceSighting Refresh()
    {
        var (instance, sighting) = _reader.Read(_instance);
        _instance = instance;
        return sighting;
    }

    /// <summary>Fences now. Never waits; a report that is not fenced is repeated by the caller.</summary>
    public FenceReport Fence() => Run(Kernel.SigStop, Kernel.SigKill);

    /// <summary>
    /// The whole path with signal 0: at the deadline nothing is compiled, loaded or allocated for the first time.
    /// </summary>
    public FenceReport Rehearse() => Run(stop: 0, kill: 0);

    /// <summary>
    /// No process is left and none is attached to the shared memory segment named in postmaster.pid: only now may the
    /// instance be started again.
    /// </summary>
    public bool IsGone()
    {
        if (Known() is not { } instance)
        {
            return false;
        }

        _scan.Run(instance);
        return _scan.Members.IsEmpty && (instance.Segment is not { } segment || segment.Attached() == 0);
    }

    public void Dispose()
    {
        _scan.Dispose();
        _reader.Dispose();
    }

    private FenceReport Run(int stop, int kill)
    {
        if (Known() is not { } instance)
        {
            return default(Tally).Report(rounds: 0, isSettled: false);
        }

        var tally = default(Tally);
        _signalledCount = 0;
        for (var round = 1; round <= RoundsMax; round++)
        {
            _scan.Run(instance);
            if (!AnyNew())
            {
                return tally.Report(round, isSettled: true);
            }

            SignalRoots(stop, ref tally, isLast: false);

            // What the postmaster forked before it stopped.
            _scan.Run(instance);
            KillCgroup(instance, kill);
            SignalChildren(kill, ref tally);
            SignalRoots(kill, ref tally, isLast: true);
        }

        return tally.Report(RoundsMax, isSettled: false);
    }

    /// <summary>
    /// Who the instance is. Nobody has looked yet, or no look succeeded: look now, since not knowing whom to fence must
    /// never pass for having fenced.
    /// </summary>
    private InstanceIdentity? Known()
    {
        if (ReferenceEquals(_instance, InstanceIdentity.None))
        {
            _ = Refresh();
        }

        return ReferenceEquals(_instance, InstanceIdentity.None) ? null : _instance;
    }

    private bool AnyNew()
    {
        foreach (ref readonly var process in _scan.Members)
        {
            if (!IsSignalled(process))
            {
                return true;
            }
        }

        return false;
    }

    private void SignalRoots(int signal, ref Tally tally, bool isLast)
    {
        foreach (ref readonly var process in _scan.Members)
        {
            if (process.IsRoot && !IsSignalled(process))
            {
                Signal(process, signal, ref tally, isLast);
            }
        }
    }

    private void SignalChildren(int signal, ref Tally tally)
    {
        foreach (ref readonly var process in _scan.Members)
        {
            if (!process.IsRoot && !IsSignalled(process))
            {
                Signal(process, signal, ref tally, isLast: true);
            }
        }
    }

    private void Signal(in ProcessEntry process, int signal, ref Tally tally, bool isLast)
    {
        var error = ProcessSignal.Send(process, signal);
        if (!isLast)
        {
            return;
        }

        if (_signalledCount == _signalled.Length)
        {
            Array.Resize(ref _signalled, 2 * _signalledCount);
        }

        _signalled[_signalledCount++] = process;
        tally.Count(error);
    }

    private bool IsSignalled(in ProcessEntry process)
    {
        for (var i = 0; i < _signalledCount; i++)
        {
            if (_signalled[i].Pid == process.Pid && _signalled[i].StartTicks == process.StartTicks)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>One write ends them all, also those being forked. The signals follow in any case.</summary>
    private static unsafe void KillCgroup(InstanceIdentity instance, int kill)
    {
        if (instance.CgroupKillUtf8 is not { } path)
        {
            return;
        }

        fixed (byte* pathStart = path)
        {
            var fd = Kernel.Open(pathStart, Kernel.WriteOnly | Kernel.CloseOnExec);
            if (fd < 0)
            {
                return;
            }

            // The kernel takes nothing but 1 here; the rehearsal's 0 is refused after the same path.
            var word = kill == Kernel.SigKill ? (byte)'1' : (byte)'0';
            _ = Kernel.Write(fd, &word, 1);
            _ = Kernel.Close(fd);
        }
    }

    private struct Tally
    {
        private int _signalled;
        private int _refused;
        private int _lastError;

        public void Count(int error)
        {
            if (error == 0)
            {
                _signalled++;
            }
            else if (error != Kernel.Esrch)
            {
                _refused++;
                _lastError = error;
            }
        }

        public readonly FenceReport Report(int rounds, bool isSettled) =>
            new(_signalled, _refused, rounds, isSettled, _lastError);
    }
}
