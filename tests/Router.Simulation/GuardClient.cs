using Router.Agent.Guarding;
using Router.Cluster;
using Router.Cluster.Guarding;

namespace Router.Simulation;

/// <summary>The agent's end of the socket to its guard.</summary>
internal sealed class GuardClient(World world, Machine machine, TimeProvider time) : IGuard
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(1);

    private GuardProcess Guard => machine.Guard;

    public GuardState State => Guard switch
    {
        { Answers: false } => new GuardState.Missing(),
        { Memory.Duty: GuardDuty.Armed } => new GuardState.Armed(Guard.Memory.Deadline),
        { Memory.Duty: GuardDuty.Fired } => new GuardState.Fired(),
        _ => new GuardState.Disarmed(),
    };

    public async Task<ArmOutcome> ArmAsync(BootTime deadline, Acquisition acquisition, CancellationToken stopping)
    {
        if (!await ReachesAsync(stopping))
        {
            return ArmOutcome.NoGuard;
        }

        if (world.Mutation == Mutation.PromotionUnguarded && machine.Postgres.IsRunningStandby)
        {
            return ArmOutcome.Armed;
        }

        return Guard.Arm(deadline, acquisition) switch
        {
            GuardAnswer.Armed => ArmOutcome.Armed,
            GuardAnswer.Latched => ArmOutcome.Latched,
            _ => ArmOutcome.DeadlinePast,
        };
    }

    public ValueTask FeedAsync(BootTime deadline, Acquisition acquisition)
    {
        if (Guard.Answers)
        {
            Guard.Feed(deadline, acquisition);
        }

        return ValueTask.CompletedTask;
    }

    public async Task<DisarmOutcome> DisarmAsync(DisarmReason reason, CancellationToken stopping)
    {
        if (!await ReachesAsync(stopping))
        {
            return DisarmOutcome.NoGuard;
        }

        return Guard.Disarm(reason) == GuardAnswer.Disarmed ? DisarmOutcome.Disarmed : DisarmOutcome.PrimaryRuns;
    }

    private async Task<bool> ReachesAsync(CancellationToken stopping)
    {
        await Task.Delay(Guard.Answers ? TimeSpan.FromMilliseconds(1) : Bound, time, stopping);
        return Guard.Answers;
    }
}
