using Router.Cluster.Local;
using Router.Postgres.Files;
using Router.Postgres.Options;
using Router.Postgres.Probing;
using Router.Postgres.Settings;
using Router.Postgres.Tools;

namespace Router.Postgres.Operations;

/// <summary>Copies a member's data by pg_basebackup into an empty directory.</summary>
internal sealed class Clone(
    LiveOptions options,
    InstanceFiles files,
    InstanceConfiguration configuration,
    DirectoryProbe directory,
    PostgresTools tools,
    AsideDirectory aside,
    TimeProvider time)
{
    private const int Attempts = 2;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);

    private readonly DirectoryFill _fill = new(options.Now.DataDirectory, time);

    public async Task<InstanceResult> RunAsync(FollowTarget source, CancellationToken aborted)
    {
        if (await Bootstrap.FillableAsync(directory, options.Now, aborted) is { } reason)
        {
            return InstanceResult.Failed($"No copy of {source.Member}: {reason}");
        }

        try
        {
            var copied = await CopyAsync(source, aborted);
            if (!copied.IsSuccess)
            {
                var advice = LoginAdvice.Of(copied.Failure!, LoginAdvice.Replication) is { } words ? $"; {words}" : "";
                return InstanceResult.Failed($"No copy of {source.Member} at {source.Address}: {copied.Failure}{advice}");
            }

            _fill.MoveUp();
            Settle(source);
            _fill.End();
            var removed = aside.Prune();
            return InstanceResult.Done($"Copied from {source.Member} at {source.Address}.{removed}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return InstanceResult.Failed($"No copy of {source.Member}: {e.Message}");
        }
    }

    private async Task<ToolResult> CopyAsync(FollowTarget source, CancellationToken aborted)
    {
        var connection = ConnectionText.Write(
            source.Address,
            options.Now.Replication,
            files.WritePassFile(source.Address),
            options.Now.Database,
            options.Now.Name.Value);
        for (var attempt = 1; ; attempt++)
        {
            _fill.Begin(IncompleteKind.Copy);
            IEnumerable<string> arguments =
            [
                $"--pgdata={_fill.Target}", $"--dbname={connection}", "--wal-method=stream", "--no-password",
                .. options.Now.BaseBackup.Any(option => option.Name == "checkpoint") ? [] : (string[])["--checkpoint=fast"],
                .. options.Now.BaseBackup.Select(option => option.ToString()),
            ];
            var result = await tools.RunAsync("pg_basebackup", arguments, aborted);
            if (result.IsSuccess || attempt == Attempts || aborted.IsCancellationRequested)
            {
                return result;
            }

            await Task.Delay(RetryDelay, time, aborted)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>A copy is never started as a primary by accident, and brings its source's output file along.</summary>
    private void Settle(FollowTarget source)
    {
        File.Delete(files.OutputPath);
        File.Delete(files.OutputPath + ".1");
        configuration.Role = new RoleSettings(IsStandby: true, source);
        files.MarkRole(isStandby: true);
        _ = configuration.Write();
    }
}
