using Router.Cluster;
using Router.Cluster.Local;
using Router.Postgres.Files;
using Router.Postgres.Options;
using Router.Postgres.Settings;

namespace Router.Postgres.Probing;

/// <summary>Puts together what directory, processes and server show. Probes queue behind each other.</summary>
internal sealed class InstanceProbe(
    DirectoryProbe directory, LivenessProbe liveness, InstanceConfiguration configuration) : IAsyncDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);

    public async Task<PostgresFacts> ProbeAsync(CancellationToken aborted)
    {
        await _one.WaitAsync(aborted);
        try
        {
            var disk = await directory.LookAsync(aborted);
            return disk.Postmaster is null
                ? await DescribeStoppedAsync(disk, aborted)
                : await DescribeLivingAsync(disk, aborted);
        }
        finally
        {
            _ = _one.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _one.WaitAsync();
        await liveness.DisposeAsync();
        _one.Dispose();
    }

    private async Task<PostgresFacts> DescribeStoppedAsync(DiskSighting disk, CancellationToken aborted)
    {
        await liveness.ForgetAsync();
        var control = disk.Directory.State == DataDirectoryState.Valid
            ? await directory.ReadControlAsync(aborted)
            : null;
        // Processes without a postmaster end by themselves, but until then they may acknowledge: not yet stopped.
        return Describe(new PostgresFacts(), disk) with
        {
            State = disk.HasOrphans ? PostgresState.Stopping : PostgresState.Stopped,
            IsInRecovery = disk.HasStandbySignal,
            Control = control?.File,
        };
    }

    private async Task<PostgresFacts> DescribeLivingAsync(DiskSighting disk, CancellationToken aborted)
    {
        var (state, answer) = await liveness.AskAsync(disk.Postmaster!, aborted);
        if (answer is null)
        {
            return Describe(new PostgresFacts(), disk) with
            {
                State = state,
                IsInRecovery = disk.HasStandbySignal,
                Refusal = state == PostgresState.Refusing ? liveness.Refusal : null,
            };
        }

        return Describe(answer.Facts, disk) with
        {
            Following = answer.Facts.IsInRecovery ? FollowOf(answer) : null,
            PendingRestart = PendingOf(answer),
        };
    }

    private static PostgresFacts Describe(PostgresFacts facts, DiskSighting disk) => facts with
    {
        DataDirectory = disk.Directory.State,
        DataDirectoryReason = disk.Directory.Reason,
        HasStandbySignal = disk.HasStandbySignal,
    };

    /// <summary>A connection string has no member's name: that is known where the agent wrote the string.</summary>
    private FollowTarget? FollowOf(ServerAnswer answer)
    {
        var pairs = ConnectionText.Parse(answer.ConnectionText);
        if (!pairs.TryGetValue("host", out var host) || host.Length == 0)
        {
            return null;
        }

        var port = pairs.TryGetValue("port", out var text) && int.TryParse(text, out var number) ? number : 5432;
        var address = new MemberAddress(host, port);
        var written = configuration.KnownRole?.Follow;
        return new FollowTarget(
            written?.Address == address ? written.Member : new MemberName(""),
            address,
            answer.SlotName.Length > 0 ? answer.SlotName : null);
    }

    /// <summary>
    /// The server compares its file with what runs; what stands on its command line it takes for final, so that is
    /// compared here.
    /// </summary>
    private EquatableList<PendingSetting> PendingOf(ServerAnswer answer)
    {
        var pending = new List<PendingSetting>();
        foreach (var running in answer.Settings)
        {
            // They stand in a standby's file only, and say nothing to a primary: a promotion leaves nothing pending.
            if (running.Name.StartsWith("recovery_target", StringComparison.Ordinal))
            {
                continue;
            }

            var wanted = Wanted(configuration.Known?.CommandLine, running.Name);
            if (wanted is not null ? wanted != running.Value : answer.Pending.Contains(running.Name))
            {
                wanted ??= Wanted(configuration.Known?.File, running.Name) ?? "";
                pending.Add(new PendingSetting(running.Name, running.Value, wanted));
            }
        }

        return pending.ToEquatableList();
    }

    private static string? Wanted(EquatableList<PostgresSetting>? settings, string name) =>
        settings?.FirstOrDefault(setting => setting.Name == name)?.Value;
}
