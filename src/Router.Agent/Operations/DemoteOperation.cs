using Router.Agent.Execution;
using Router.Agent.Guarding;
using Router.Cluster;
using Router.Cluster.Guarding;
using Router.Cluster.Ha;
using Router.Postgres;

namespace Router.Agent.Operations;

/// <summary>
/// Stops a primary that may no longer lead. Offline tries a fast stop for as long as the lease is safe and fences what
/// is left; immediate fences at once.
/// </summary>
public sealed class DemoteOperation(
    IPostgresInstance instance, Leadership leadership, IGuard guard, IBootClock clock)
{
    public async Task<ActionResult> RunAsync(DemoteMode mode, HaSettings settings, CancellationToken aborted)
    {
        var stopped = mode == DemoteMode.Offline && TimeLeft(settings) is var left && left > TimeSpan.Zero
            ? await instance.StopAsync(StopMode.Fast, left, aborted)
            : InstanceResult.Failed("no time for a fast stop");
        if (!stopped.IsSuccess)
        {
            stopped = await instance.FenceAsync(aborted);
        }

        if (!stopped.IsSuccess)
        {
            return ActionResult.Failed(stopped.Reason);
        }

        await guard.DisarmAsync(DisarmReason.Stopped, aborted);
        return ActionResult.Done(stopped.Reason);
    }

    private TimeSpan TimeLeft(HaSettings settings) =>
        leadership.State.SafeUntil - settings.FenceMargin - clock.Now;
}
