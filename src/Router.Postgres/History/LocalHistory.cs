using System.Globalization;
using Router.Cluster;
using Router.Postgres.Files;
using Router.Postgres.Options;
using Router.Postgres.Tools;

namespace Router.Postgres.History;

/// <summary>The stopped instance's own history: where its WAL ends, and the rows of its history files.</summary>
internal sealed class LocalHistory(LiveOptions options, PostgresTools tools)
{
    private string WalDirectory => Path.Combine(options.Now.DataDirectory, "pg_wal");

    public async Task<WalPosition> LocateAsync(ControlData control, CancellationToken aborted)
    {
        var file = control.File;
        if (file.IsStandby)
        {
            var hasMinimum = file.MinimumRecoveryEnd > Lsn.Zero;
            return new WalPosition(
                IsFormerPrimary: false,
                IsClean: true,
                hasMinimum ? file.MinimumRecoveryTimeline : file.Timeline,
                hasMinimum ? file.MinimumRecoveryEnd : file.CheckpointLsn,
                CheckpointEnd: null);
        }

        var isClean = file.IsCleanPrimaryShutdown;
        return new WalPosition(
            IsFormerPrimary: true,
            isClean,
            file.Timeline,
            file.CheckpointLsn,
            isClean ? await EndOfCheckpointAsync(control, aborted) : null);
    }

    /// <summary>The rows of the newest timeline's file, each with the time at which the next timeline began here.</summary>
    public ClusterHistory Read(Timeline timeline)
    {
        if (AtomicFile.ReadOrNull(Path.Combine(WalDirectory, HistoryFile.NameOf(timeline))) is not { } text)
        {
            return new ClusterHistory([]);
        }

        var rows = HistoryFile.Parse(text);
        return new ClusterHistory([.. rows.Select((row, index) =>
            row with { Timestamp = BeginOf(index + 1 < rows.Count ? rows[index + 1].Timeline : timeline) })]);
    }

    private async Task<Lsn?> EndOfCheckpointAsync(ControlData control, CancellationToken aborted)
    {
        // It fails at the end of WAL, after it has written the record that we want.
        var result = await tools.LookAsync(
            "pg_waldump",
            [
                $"--path={WalDirectory}", $"--timeline={control.File.Timeline}",
                $"--start={control.File.CheckpointLsn}", "--limit=1",
            ],
            aborted);
        return CheckpointRecord.EndOf(result.Output.Split('\n')[0], control.File.CheckpointLsn, control.SegmentBytes);
    }

    private string? BeginOf(Timeline timeline)
    {
        var file = new FileInfo(Path.Combine(WalDirectory, HistoryFile.NameOf(timeline)));
        return file.Exists
            ? new DateTimeOffset(file.LastWriteTimeUtc).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture)
            : null;
    }
}
