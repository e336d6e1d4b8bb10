using Router.Cluster.Local;
using Router.Postgres.Fencing;
using Router.Postgres.Files;
using Router.Postgres.Options;
using Router.Postgres.Processes;
using Router.Postgres.Tools;

namespace Router.Postgres.Probing;

/// <summary>
/// Looks at the data directory on a thread of the pool and for a bound only: a disk that hangs must not hang the agent.
/// At most one look is under way, and its task is kept.
/// </summary>
internal sealed class DirectoryProbe(
    LiveOptions options,
    InstanceFiles files,
    Postmaster postmaster,
    InstanceFence fence,
    PostgresTools tools,
    TimeProvider time)
{
    private static readonly TimeSpan DiskBound = TimeSpan.FromSeconds(2);

    private readonly DirectoryInspector _inspector = new(options.Now.DataDirectory);
    private readonly Lock _entry = new();
    private Task<DiskSighting>? _look;
    private volatile DiskSighting? _last;

    /// <summary>The fence knows the instance.</summary>
    public bool HasLooked => _last is not null;

    public async Task<DiskSighting> LookAsync(CancellationToken aborted)
    {
        var (major, failure) = await tools.ReadMajorAsync(aborted);
        try
        {
            var seen = await Begin(major).WaitAsync(DiskBound, time, aborted);
            _last = seen;
            return failure is null ? seen : seen with { Directory = new(DataDirectoryState.Unusable, failure) };
        }
        catch (Exception e) when (e is TimeoutException or IOException or UnauthorizedAccessException)
        {
            var reason = e is TimeoutException
                ? $"{options.Now.DataDirectory} does not answer: its disk hangs"
                : $"{options.Now.DataDirectory} cannot be read: {e.Message}";
            return WithoutDisk(reason) with { IsSilent = e is TimeoutException };
        }
    }

    /// <summary>pg_controldata; null where it cannot be read.</summary>
    public async Task<ControlData?> ReadControlAsync(CancellationToken aborted)
    {
        var result = await tools.LookAsync("pg_controldata", ["-D", options.Now.DataDirectory], aborted);
        return result.IsSuccess ? ControlData.Parse(result.Output) : null;
    }

    /// <summary>The server may live on without its disk: it is asked as long as its process is there.</summary>
    private DiskSighting WithoutDisk(string reason)
    {
        var process = _last?.Postmaster is { } known && Postmaster.IsAlive(known) ? known : null;
        return new DiskSighting(
            new(DataDirectoryState.Unusable, reason), process, _last?.HasStandbySignal ?? false, HasOrphans: false);
    }

    private Task<DiskSighting> Begin(int? major)
    {
        lock (_entry)
        {
            if (_look is null or { IsCompleted: true })
            {
                _look = Task.Factory.StartNew(
                    () => Look(major), CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
            }

            return _look;
        }
    }

    private DiskSighting Look(int? major)
    {
        var directory = _inspector.Look(major);
        // The fence reads no disk when it is needed: it is shown the instance here.
        _ = fence.Refresh();
        var process = postmaster.Find();
        return new DiskSighting(
            directory, process, files.HasStandbySignal, process is null && postmaster.HasOrphans());
    }
}
