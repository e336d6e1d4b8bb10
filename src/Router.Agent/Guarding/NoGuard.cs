using Router.Cluster;
using Router.Cluster.Guarding;

namespace Router.Agent.Guarding;

/// <summary><c>guard: off</c>: the member runs without the second line, as every Patroni member does.</summary>
public sealed class NoGuard : IGuard
{
    public GuardState State => new GuardState.Missing();

    public Task<ArmOutcome> ArmAsync(BootTime deadline, Acquisition acquisition, CancellationToken stopping) =>
        Task.FromResult(ArmOutcome.NoGuard);

    public ValueTask FeedAsync(BootTime deadline, Acquisition acquisition) => ValueTask.CompletedTask;

    public Task<DisarmOutcome> DisarmAsync(DisarmReason reason, CancellationToken stopping) =>
        Task.FromResult(DisarmOutcome.NoGuard);
}
