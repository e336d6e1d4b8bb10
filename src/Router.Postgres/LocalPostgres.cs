using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Router.Cluster;
using Router.Cluster.Local;
using Router.Postgres.Fencing;
using Router.Postgres.Files;
using Router.Postgres.History;
using Router.Postgres.Operations;
using Router.Postgres.Options;
using Router.Postgres.Probing;
using Router.Postgres.Processes;
using Router.Postgres.Settings;
using Router.Postgres.Tools;

namespace Router.Postgres;

/// <summary>
/// The PostgreSQL server of one data directory on this machine. Holds the parts together; each job is a class of its
/// own. Disposing leaves the server running.
/// </summary>
public sealed class LocalPostgres : IPostgresInstance
{
    private const int FenceRounds = 20;

    private static readonly TimeSpan FencePause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan GoneBound = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ExitPoll = TimeSpan.FromMinutes(1);

    private readonly LiveOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly InstanceFence _fence;
    private readonly Lock _fencing = new();
    private readonly Postmaster _postmaster;
    private readonly InstanceConfiguration _configuration;
    private readonly InstanceProbe _probe;
    private readonly DirectoryProbe _directory;
    private readonly Bootstrap _bootstrap;
    private readonly AsideDirectory _aside;
    private readonly Clone _clone;
    private readonly ServerStart _start;
    private readonly ServerStop _stop;
    private readonly Promotion _promotion;
    private readonly Configure _configure;
    private readonly Slots _slots;
    private readonly Rewind _rewind;
    private readonly LeaderHistoryReader _leaders;
    private readonly LocalHistory _history;
    private readonly LocalSession _session;
    private readonly Reload _reload;
    private readonly StandbyWatch _standby;
    private PostgresOptions? _accepted;

    /// <summary>How each operation failed last: the same again is told quietly.</summary>
    private readonly ConcurrentDictionary<string, string> _failures = new(StringComparer.Ordinal);

    /// <summary>The refusal that was told last: each is told once.</summary>
    private string? _refusal;

    public LocalPostgres(PostgresOptions first, TimeProvider time, ILogger logger)
    {
        var options = _options = new LiveOptions(first);
        _time = time;
        _logger = logger;
        _fence = new InstanceFence(first.DataDirectory) { AgentPid = Environment.ProcessId };
        _postmaster = new Postmaster(first.DataDirectory, time);
        var files = new InstanceFiles(options);
        var tools = new PostgresTools(options, new ProcessTool(time));
        var connections = new LocalConnections(options);
        _configuration = new InstanceConfiguration(options, files);
        _directory = new DirectoryProbe(options, files, _postmaster, _fence, tools, time);
        _probe = new InstanceProbe(
            _directory, new LivenessProbe(connections, time, first.ProbeBound), _configuration);
        _session = new LocalSession(connections, _postmaster, time);
        _start = new ServerStart(options, files, _configuration, _directory, _postmaster, tools, time);
        _stop = new ServerStop(options, _postmaster, tools);
        _bootstrap = new Bootstrap(options, files, _configuration, _directory, tools, _start, _stop, _session, time);
        _aside = new AsideDirectory(options.Now.DataDirectory, time);
        _clone = new Clone(options, files, _configuration, _directory, tools, _aside, time);
        _reload = new Reload(_configuration, _postmaster);
        _promotion = new Promotion(options, _configuration, _reload, tools, _session);
        _configure = new Configure(options, _configuration, _directory, _postmaster, _reload, _session);
        _slots = new Slots(_session);
        _leaders = new LeaderHistoryReader(options, files, connections, tools, time);
        _standby = new StandbyWatch(_leaders, time, logger);
        _history = new LocalHistory(options, tools);
        _rewind = new Rewind(options, files, _configuration, _directory, _postmaster, tools, _leaders, time);
    }

    public async Task<PostgresFacts> ProbeAsync(CancellationToken aborted)
    {
        var facts = await _probe.ProbeAsync(aborted);
        _standby.Note(facts);
        if (facts.Refusal is { } refusal && refusal != Interlocked.Exchange(ref _refusal, refusal))
        {
            PostgresLog.SessionsRefused(_logger, refusal);
        }
        else if (facts.Refusal is null)
        {
            Volatile.Write(ref _refusal, null);
        }

        return facts;
    }

    /// <summary>
    /// Whether an agent can begin its work here: why not, until somebody changes the machine or the configuration, and
    /// whether PostgreSQL certainly does not run. A disk that does not answer in time is neither: it may yet.
    /// </summary>
    public async Task<(string? Unfit, bool IsStopped)> LookAsync(CancellationToken aborted)
    {
        await Task.Yield();
        var disk = await _directory.LookAsync(aborted);
        return disk.IsSilent ? (null, false)
            : disk.Directory.State == DataDirectoryState.Unusable ? (disk.Directory.Reason, false)
            : (null, disk is { Postmaster: null, HasOrphans: false });
    }

    public async Task WaitForExitAsync(CancellationToken aborted)
    {
        if (_postmaster.Find() is { } process)
        {
            while (!await _postmaster.WaitForExitAsync(process, ExitPoll, aborted))
            {
                aborted.ThrowIfCancellationRequested();
            }
        }
    }

    public Task<InstanceResult> BootstrapAsync(CancellationToken aborted) =>
        RunAsync("bootstrap", () => _bootstrap.RunAsync(aborted));

    public Task<InstanceResult> CloneAsync(FollowTarget source, CancellationToken aborted) =>
        RunAsync("clone", () => _clone.RunAsync(source, aborted));

    public Task<InstanceResult> StartAsPrimaryAsync(CancellationToken aborted) =>
        RunAsync("start as primary", () => StartPrimaryAsync(aborted));

    public Task<InstanceResult> StartAsStandbyAsync(FollowTarget? target, CancellationToken aborted) =>
        RunAsync("start as standby", () => _start.StartAsync(StandbyRole(target), aborted));

    public Task<InstanceResult> FollowAsync(FollowTarget? target, CancellationToken aborted) =>
        RunAsync("follow", () => _configure.FollowAsync(target, aborted));

    public Task<InstanceResult> PromoteAsync(CancellationToken aborted) =>
        RunAsync("promote", () => _promotion.RunAsync(aborted));

    public Task<InstanceResult> StopAsync(StopMode mode, TimeSpan bound, CancellationToken aborted) =>
        RunAsync("stop", () => _stop.StopAsync(mode, bound, aborted));

    public Task<InstanceResult> FenceAsync(CancellationToken aborted) => RunAsync("fence", FenceNowAsync);

    public Task<InstanceResult> CheckpointAsync(CancellationToken aborted) =>
        RunAsync("checkpoint", () => _session.RunAsync("No checkpoint", _options.Now.ToolBound, CheckpointAsync, aborted));

    public async Task<HistoryComparison> CompareHistoryAsync(FollowTarget leader, CancellationToken aborted)
    {
        await Task.Yield();
        if (await _directory.ReadControlAsync(aborted) is not { } control)
        {
            return new(HistoryVerdict.Unknown, "pg_controldata does not read the local data directory; check bin_dir and the directory");
        }

        var (history, reason) = await _leaders.ReadAsync(leader.Address, aborted);
        if (history is null)
        {
            return new(HistoryVerdict.Unknown, reason);
        }

        var local = await _history.LocateAsync(control, aborted);
        var verdict = RewindPolicy.Compare(control.File.Identifier, local, history);
        if (verdict.Verdict != HistoryVerdict.Diverged || history.Timeline == local.Timeline)
        {
            return verdict;
        }

        return await _leaders.WhyNotRewindableAsync(leader.Address, history.Timeline, aborted) is { } wait
            ? new(HistoryVerdict.Unknown, $"{verdict.Reason}; {wait}")
            : verdict;
    }

    public Task<InstanceResult> RewindAsync(FollowTarget leader, CancellationToken aborted) =>
        RunAsync("rewind", () => _rewind.RunAsync(leader, aborted));

    public Task<InstanceResult> SetDataAsideAsync(CancellationToken aborted) =>
        RunAsync("set data aside", () => WhenGoneSetDataAsideAsync(aborted));

    public Task<InstanceResult> SetSynchronousNamesAsync(string value, CancellationToken aborted) =>
        RunAsync("set synchronous names", () => _configure.SetSynchronousNamesAsync(value, aborted));

    public Task<InstanceResult> ReconcileSlotsAsync(
        IReadOnlyList<string> create, IReadOnlyList<string> drop, CancellationToken aborted) =>
        RunAsync("reconcile slots", () => _slots.ReconcileAsync(create, drop, aborted));

    public Task<InstanceResult> ConfigureAsync(string dynamicConfigJson, CancellationToken aborted) =>
        RunAsync("configure", () => ConfigureNowAsync(dynamicConfigJson, aborted));

    /// <summary>
    /// Options that were read again; they take effect at the next <see cref="ConfigureAsync"/>, which then also has the
    /// server read its files again. From any thread. The data directory and where the server listens stay as they are.
    /// </summary>
    public void Accept(PostgresOptions options) => Interlocked.Exchange(ref _accepted, options);

    public Task<InstanceResult> RestartAsync(CancellationToken aborted) =>
        RunAsync("restart", () => RestartNowAsync(aborted));

    public async Task<ClusterHistory> ReadHistoryAsync(CancellationToken aborted)
    {
        await Task.Yield();
        var facts = await ProbeAsync(aborted);
        return _history.Read(facts.Timeline.IsKnown ? facts.Timeline : facts.Control?.Timeline ?? Timeline.Unknown);
    }

    public async ValueTask DisposeAsync()
    {
        await _standby.DisposeAsync();
        await _probe.DisposeAsync();
        lock (_fencing)
        {
            _fence.Dispose();
        }
    }

    /// <summary>Off the caller's thread from the first line on: files are read and written here, and a disk may hang.</summary>
    private async Task<InstanceResult> RunAsync(string name, Func<Task<InstanceResult>> operation)
    {
        await Task.Yield();
        var result = await operation();
        if (result.IsSuccess)
        {
            _ = _failures.TryRemove(name, out _);
            PostgresLog.OperationDone(_logger, name, result.Reason);
        }
        else if (_failures.TryGetValue(name, out var former) && former == result.Reason)
        {
            PostgresLog.OperationFailedAgain(_logger, name, result.Reason);
        }
        else
        {
            _failures[name] = result.Reason;
            PostgresLog.OperationFailed(_logger, name, result.Reason);
        }

        return result;
    }

    private async Task<InstanceResult> ConfigureNowAsync(string dynamicConfigJson, CancellationToken aborted)
    {
        if (Interlocked.Exchange(ref _accepted, null) is { } next)
        {
            _options.Now = next;
            _reload.Demand();
        }

        return await _configure.ApplyAsync(dynamicConfigJson, aborted);
    }

    /// <summary>A standby's directory started without its signal would go on on its leader's timeline: two histories.</summary>
    private async Task<InstanceResult> StartPrimaryAsync(CancellationToken aborted)
    {
        var disk = await _directory.LookAsync(aborted);
        var control = disk.Directory.State == DataDirectoryState.Valid ? await _directory.ReadControlAsync(aborted) : null;
        return disk.HasStandbySignal || control is { File.IsStandby: true }
            ? InstanceResult.Failed("This is a standby's data: start it as a standby and promote it.")
            : await _start.StartAsync(
                RoleSettings.Primary with { SynchronousNames = _configuration.Role.SynchronousNames }, aborted);
    }

    /// <summary>A standby has no standbys to wait for; what it needs as a primary is set before it is promoted.</summary>
    private RoleSettings StandbyRole(FollowTarget? target) => new(IsStandby: true, target)
    {
        SynchronousNames = _configuration.Role.SynchronousNames is null ? null : "",
    };

    private async Task<InstanceResult> RestartNowAsync(CancellationToken aborted)
    {
        var disk = await _directory.LookAsync(aborted);
        var stopped = await _stop.StopAsync(StopMode.Fast, _options.Now.StartTimeout, aborted);
        if (!stopped.IsSuccess)
        {
            return stopped;
        }

        var role = _configuration.Role with { IsStandby = disk.HasStandbySignal };
        return await _start.StartAsync(role, aborted);
    }

    private async Task<InstanceResult> FenceNowAsync()
    {
        if (!_directory.HasLooked)
        {
            _ = await _directory.LookAsync(CancellationToken.None);
        }

        var signalled = 0;
        FenceReport report = default;
        for (var round = 0; round < FenceRounds; round++)
        {
            lock (_fencing)
            {
                report = _fence.Fence();
            }

            signalled += report.Signalled;
            if (report.IsFenced)
            {
                return InstanceResult.Done(string.Create(
                    CultureInfo.InvariantCulture, $"{signalled} processes of the instance were killed."));
            }

            await Task.Delay(FencePause, _time, CancellationToken.None);
        }

        return InstanceResult.Failed(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Refused} processes of the instance could not be killed, errno {report.LastError}."));
    }

    /// <summary>A fence returns when its signals are pending; the processes are gone a moment later (rule S16).</summary>
    private async Task<InstanceResult> WhenGoneSetDataAsideAsync(CancellationToken aborted)
    {
        var begun = _time.GetTimestamp();
        while (IsInUse() && _time.GetElapsedTime(begun) < GoneBound)
        {
            await Task.Delay(FencePause, _time, aborted);
        }

        return SetDataAside();
    }

    private bool IsInUse() => _postmaster.Find() is not null || _postmaster.HasOrphans();

    private InstanceResult SetDataAside()
    {
        if (IsInUse())
        {
            return InstanceResult.Failed("The data directory is in use: stop PostgreSQL first.");
        }

        try
        {
            return InstanceResult.Done(_aside.Take());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return InstanceResult.Failed($"{_options.Now.DataDirectory} cannot be renamed: {e.Message}");
        }
    }

    private static async Task<string> CheckpointAsync(Npgsql.NpgsqlConnection connection, CancellationToken aborted)
    {
        await LocalSession.ExecuteAsync(connection, "CHECKPOINT", aborted);
        return "Checkpoint done.";
    }
}
