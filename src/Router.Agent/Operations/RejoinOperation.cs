using Router.Agent.Execution;
using Router.Cluster;
using Router.Cluster.Local;
using Router.Postgres;

namespace Router.Agent.Operations;

/// <summary>
/// Brings a stopped instance back behind the leader. Where its WAL went beyond the point at which the leader's timeline
/// began, it is rewound; what cannot be rewound, or was left half done, is set aside and copied anew.
/// </summary>
public sealed class RejoinOperation(IPostgresInstance instance)
{
    public async Task<ActionResult> RunAsync(FollowTarget leader, HaSettings settings, CancellationToken aborted)
    {
        var facts = await instance.ProbeAsync(aborted);
        if (facts.State != PostgresState.Stopped)
        {
            // Only standbys come here running: rewind and comparison need the end of what they replayed.
            var stopped = await instance.StopAsync(StopMode.Fast, settings.RetryTimeout, aborted);
            if (!stopped.IsSuccess)
            {
                return ActionResult.Failed(stopped.Reason);
            }
        }

        var comparison = await instance.CompareHistoryAsync(leader, aborted);
        switch (comparison.Verdict)
        {
            case HistoryVerdict.CanFollow:
                return await StartAsync(leader, comparison.Reason, aborted);
            case HistoryVerdict.Unknown:
                return ActionResult.Failed(comparison.Reason);
            case HistoryVerdict.Diverged when settings.UsePgRewind:
                var rewound = await instance.RewindAsync(leader, aborted);
                if (rewound.IsSuccess)
                {
                    return await StartAsync(leader, rewound.Reason, aborted);
                }

                return await IsPastRewindAsync(leader, aborted)
                    ? await CopyAnewAsync(leader, rewound.Reason, aborted)
                    : ActionResult.Failed(rewound.Reason);
            default:
                return settings.RemoveDataDirectoryOnDivergedTimelines
                    ? await CopyAnewAsync(leader, comparison.Reason, aborted)
                    : ActionResult.Failed(
                        $"{comparison.Reason}; set use_pg_rewind or reinitialize this member");
        }
    }

    /// <summary>
    /// Whether only a copy helps after a rewind that failed: the directory is half rewound, or it is whole and the
    /// leader answers as well as before, so that the next rewind would fail alike. What the leader's absence made fail
    /// is tried again instead.
    /// </summary>
    private async Task<bool> IsPastRewindAsync(FollowTarget leader, CancellationToken aborted)
    {
        aborted.ThrowIfCancellationRequested();
        var facts = await instance.ProbeAsync(aborted);
        return facts.DataDirectory == DataDirectoryState.HalfRewound
            || (await instance.CompareHistoryAsync(leader, aborted)).Verdict == HistoryVerdict.Diverged;
    }

    /// <summary>Sets the directory aside, copies the leader's and follows it.</summary>
    public async Task<ActionResult> CopyAnewAsync(FollowTarget leader, string why, CancellationToken aborted)
    {
        var aside = await instance.SetDataAsideAsync(aborted);
        if (!aside.IsSuccess)
        {
            return ActionResult.Failed($"{why}; {aside.Reason}");
        }

        var copied = await instance.CloneAsync(leader, aborted);
        return copied.IsSuccess
            ? await StartAsync(leader, copied.Reason, aborted)
            : ActionResult.Failed(copied.Reason);
    }

    private async Task<ActionResult> StartAsync(FollowTarget leader, string why, CancellationToken aborted)
    {
        var started = await instance.StartAsStandbyAsync(leader, aborted);
        return started.IsSuccess
            ? ActionResult.Done($"{why}; following {leader.Member}")
            : ActionResult.Failed(started.Reason);
    }
}
