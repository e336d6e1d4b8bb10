using Router.Cluster;
using Router.Cluster.Guarding;

namespace Router.Agent.Guarding;

/// <summary>The guard as the agent knows it from the last answer.</summary>
/// <param name="Deadline">When it fences; set while <see cref="GuardPhase.Armed"/>.</param>
/// <param name="Acquisition">What it is armed for or has fired for.</param>
public sealed record GuardStatus(GuardPhase Phase, BootTime? Deadline = null, Acquisition? Acquisition = null)
{
    public static readonly GuardStatus Missing = new(GuardPhase.Missing);

    public static readonly GuardStatus Disarmed = new(GuardPhase.Disarmed);
}
