using Router.Cluster;
using Router.Cluster.Guarding;

namespace Router.Agent.Guarding;

/// <summary>
/// The process beside the agent that fences PostgreSQL when nobody has proven the lease in time. Deadlines are the
/// instants to fence at: the caller has subtracted <see cref="HaSettings.FenceMargin"/> already, the guard adds and
/// subtracts nothing.
/// </summary>
public interface IGuard
{
    /// <summary>
    /// What is known of the guard now, a fact for the policy: with <c>guard: required</c> a member whose guard is
    /// <see cref="GuardState.Missing"/> may not hold the leader lock. Never waits.
    /// </summary>
    GuardState State { get; }

    /// <summary>
    /// Before a promotion, before any start as primary, and first of all on resume from a pause. Returns when the
    /// guard has answered, within one second; only <see cref="ArmOutcome.Armed"/> permits to go on. Never throws
    /// but for <paramref name="stopping"/>.
    /// </summary>
    Task<ArmOutcome> ArmAsync(BootTime deadline, Acquisition acquisition, CancellationToken stopping);

    /// <summary>
    /// After each proven renewal (and each failsafe round that every member accepted): hands the new deadline to the
    /// kernel and returns. Waits for no answer; a guard that does not take it shows in <see cref="State"/>.
    /// </summary>
    ValueTask FeedAsync(BootTime deadline, Acquisition acquisition);

    /// <summary>
    /// Returns when the guard has answered, within one second. Never throws but for <paramref name="stopping"/>.
    /// </summary>
    Task<DisarmOutcome> DisarmAsync(DisarmReason reason, CancellationToken stopping);
}
