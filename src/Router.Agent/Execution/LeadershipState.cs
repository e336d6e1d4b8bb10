using Router.Cluster;
using Router.Dcs;

namespace Router.Agent.Execution;

/// <summary>The claim that this process holds or held.</summary>
/// <param name="Claim">Null: never led, or gave the lock back.</param>
/// <param name="SafeUntil">The lease cannot run out in the store before this point (rule S1).</param>
/// <param name="IsLapsed">The claim is gone; only a stopped instance ends this state (rule S4).</param>
public sealed record LeadershipState(LeaderClaim? Claim, BootTime SafeUntil, bool IsEpochOpened, bool IsLapsed)
{
    /// <summary>
    /// The guard has refused to arm: it fired for this claim, and stays latched although it was disarmed since. Only a
    /// new acquisition may run PostgreSQL as primary.
    /// </summary>
    public bool IsGuardLatched { get; init; }

    public static readonly LeadershipState None = new(null, default, IsEpochOpened: false, IsLapsed: false);
}
