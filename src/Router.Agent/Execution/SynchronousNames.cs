using Router.Cluster;
using Router.Postgres;

namespace Router.Agent.Execution;

/// <summary>
/// Sets synchronous_standby_names and remembers how far the WAL was then: a standby counts as synchronous once it has
/// that position (synchronous.md 1, "confirmed").
/// </summary>
public sealed class SynchronousNames(IPostgresInstance instance)
{
    /// <summary>The flush position when the names were last changed by this process.</summary>
    public Lsn? SetAt { get; private set; }

    public async Task<ActionResult> SetAsync(string value, CancellationToken aborted)
    {
        var result = await instance.SetSynchronousNamesAsync(value, aborted);
        if (!result.IsSuccess)
        {
            return ActionResult.Failed(result.Reason);
        }

        var facts = await instance.ProbeAsync(aborted);
        SetAt = facts.IsInRecovery ? null : facts.FlushLsn;
        return ActionResult.Done(result.Reason);
    }
}
