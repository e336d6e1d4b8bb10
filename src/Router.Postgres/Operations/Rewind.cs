using Router.Cluster.Local;
using Router.Postgres.Files;
using Router.Postgres.History;
using Router.Postgres.Options;
using Router.Postgres.Probing;
using Router.Postgres.Processes;
using Router.Postgres.Settings;
using Router.Postgres.Tools;

namespace Router.Postgres.Operations;

/// <summary>
/// pg_rewind of the stopped instance. Everything that can be seen to fail is looked at before the first byte is
/// written, up to a rehearsal of the whole; from then on the directory is marked incomplete until pg_rewind has ended
/// well.
/// </summary>
internal sealed class Rewind(
    LiveOptions options,
    InstanceFiles files,
    InstanceConfiguration configuration,
    DirectoryProbe directory,
    Postmaster postmaster,
    PostgresTools tools,
    LeaderHistoryReader leaders,
    TimeProvider time)
{
    /// <summary>In MB. The checkpoint at recovery's end would remove WAL that pg_rewind needs.</summary>
    private const string KeepAllWal = "--wal_keep_size=2147483647";

    private readonly DirectoryFill _fill = new(options.Now.DataDirectory, time);

    public async Task<InstanceResult> RunAsync(FollowTarget leader, CancellationToken aborted)
    {
        var sighting = (await directory.LookAsync(aborted)).Directory;
        var control = sighting.State == DataDirectoryState.Valid ? await directory.ReadControlAsync(aborted) : null;
        if (control is null || postmaster.Find() is not null)
        {
            return InstanceResult.Failed($"No rewind: {sighting.Reason ?? "there must be a stopped, whole data directory"}.");
        }

        if (await WhyNotAsync(leader, control, aborted) is { } reason)
        {
            return InstanceResult.Failed($"No rewind: {reason}.");
        }

        try
        {
            return await RewindAsync(leader, control, aborted);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return InstanceResult.Failed($"No rewind: {e.Message}");
        }
    }

    private async Task<string?> WhyNotAsync(FollowTarget leader, ControlData control, CancellationToken aborted)
    {
        var (history, reason) = await leaders.ReadAsync(leader.Address, aborted);
        return history is null ? reason
            : history.Identifier != control.File.Identifier ? "the leader belongs to another cluster"
            : history.Timeline == control.File.Timeline
                ? $"the leader is on timeline {history.Timeline} too, where pg_rewind sees no difference; only a copy helps"
            : await leaders.WhyNotRewindableAsync(leader.Address, history.Timeline, aborted);
    }

    private async Task<InstanceResult> RewindAsync(FollowTarget leader, ControlData control, CancellationToken aborted)
    {
        var user = options.Now.Rewind ?? options.Now.Superuser;
        _ = files.WritePassFile(leader.Address);

        // Its settings, restore_command among them, are read by pg_rewind.
        configuration.Role = new RoleSettings(IsStandby: true, leader);
        _ = configuration.Write();
        if (await WhyNotReadyAsync(leader, control, user, aborted) is { } reason)
        {
            return InstanceResult.Failed($"No rewind, and nothing was changed: {reason}");
        }

        // An instance that was killed as a standby is recovered by pg_rewind in single-user mode, which knows none.
        files.MarkRole(isStandby: false);
        var own = files.Save();
        _fill.BeginRewind(files.OutputPath);
        var result = await tools.RunAsync("pg_rewind", Arguments(leader, user, _fill.Target), aborted);
        if (!result.IsSuccess)
        {
            return InstanceResult.Failed($"The rewind failed, the directory is to be copied anew: {result.Failure}");
        }

        File.Delete(Path.Combine(_fill.Target, Path.GetFileName(files.OutputPath)));
        _fill.MoveUp();
        InstanceFiles.Restore(own);
        files.MarkRole(isStandby: true);
        _ = configuration.Write();
        _fill.End();
        return InstanceResult.Done($"Rewound to {leader.Member} at {leader.Address}.");
    }

    /// <summary>
    /// Recovers a primary that was killed, in place: so the directory stays whole whatever happens meanwhile, and
    /// pg_rewind can be rehearsed, which it refuses before. A standby's WAL is left as it is, because single-user mode
    /// would end its recovery.
    /// </summary>
    private async Task<string?> WhyNotReadyAsync(
        FollowTarget leader, ControlData control, PostgresCredentials user, CancellationToken aborted)
    {
        var isClean = control.File.State is "shut down" or "shut down in recovery";
        if (!isClean && control.File.IsStandby)
        {
            return null;
        }

        if (!isClean)
        {
            files.MarkRole(isStandby: false);
            IEnumerable<string> recovery =
            [
                "--single", "-D", options.Now.DataDirectory, $"--config-file={files.ConfPath}", KeepAllWal,
                .. configuration.Settings.CommandLine.Select(setting => $"--{setting.Name}={setting.Value}"),
                options.Now.Database,
            ];
            if (await tools.RunAsync("postgres", recovery, aborted) is { IsSuccess: false } recovered)
            {
                return recovered.Failure;
            }
        }

        IEnumerable<string> rehearsal = [.. Arguments(leader, user, options.Now.DataDirectory), "--dry-run"];
        return (await tools.RunAsync("pg_rewind", rehearsal, aborted)).Failure;
    }

    private List<string> Arguments(FollowTarget leader, PostgresCredentials user, string target)
    {
        var connection = ConnectionText.Write(
            leader.Address, user, InstanceFiles.PassFileOf(options.Now), options.Now.Database, options.Now.Name.Value);
        List<string> arguments =
        [
            $"--target-pgdata={target}", $"--source-server={connection}",
            .. options.Now.RewindOptions.Select(option => option.ToString()),
        ];
        if (files.ConfigDirectory != options.Now.DataDirectory)
        {
            arguments.Add($"--config-file={files.ConfPath}");
        }

        if (configuration.Settings.RecoveryConf.FirstOrDefault(setting => setting.Name == "restore_command") is not null)
        {
            arguments.Add("--restore-target-wal");
        }

        return arguments;
    }
}
