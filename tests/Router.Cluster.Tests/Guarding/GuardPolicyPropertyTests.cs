using Router.Cluster.Guarding;

namespace Router.Cluster.Tests.Guarding;

/// <summary>Random histories; a failure names its seed.</summary>
public sealed class GuardPolicyPropertyTests
{
    private const int Histories = 2000;
    private const int EventsPerHistory = 60;

    [Fact]
    public void No_history_leaves_a_deadline_unhonoured_or_a_latch_broken()
    {
        for (var seed = 0; seed < Histories; seed++)
        {
            var random = new Random(seed);
            var memory = default(GuardMemory);
            var now = new BootTime(TimeSpan.Zero);
            for (var i = 0; i < EventsPerHistory; i++)
            {
                now += TimeSpan.FromMilliseconds(random.Next(0, 4000));
                var occurred = Draw(random, now);
                var step = GuardPolicy.Step(memory, occurred);
                Check(seed, memory, occurred, step);
                memory = step.Memory;
            }
        }
    }

    [Fact]
    public void Step_allocates_nothing()
    {
        var memory = new GuardMemory
        {
            Duty = GuardDuty.Armed,
            Deadline = new BootTime(TimeSpan.FromSeconds(1)),
            Acquisition = new Acquisition(1, 1),
        };
        var tick = GuardEvent.Tick(new BootTime(TimeSpan.FromSeconds(2)));
        _ = GuardPolicy.Step(memory, tick);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var step = GuardPolicy.Step(memory, tick);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(GuardDuty.Fired, step.Memory.Duty);
    }

    private static void Check(int seed, in GuardMemory before, in GuardEvent occurred, in GuardStep step)
    {
        var now = occurred.Now;
        var after = step.Memory;
        var wasDue = before.Duty == GuardDuty.Armed && now >= before.Deadline;
        Assert.True(!wasDue || step.Effects.HasFlag(GuardEffects.Fence), $"seed {seed}: a deadline passed unfenced");
        Assert.True(!wasDue || after.Latch == before.Acquisition, $"seed {seed}: fired without a latch");
        Assert.True(after.Duty != GuardDuty.Armed || after.Deadline > now, $"seed {seed}: armed with a past deadline");
        Assert.True(
            after.Duty != GuardDuty.Armed || after.Latch != after.Acquisition, $"seed {seed}: armed through the latch");
        Assert.True(
            before.Latch is null || after.Latch == before.Latch || wasDue, $"seed {seed}: the latch was forgotten");
        Assert.True(
            before.Duty != GuardDuty.Disarmed || !step.Effects.HasFlag(GuardEffects.Fence),
            $"seed {seed}: a disarmed guard fenced");
        Assert.True(
            before.Duty != GuardDuty.Armed || after.Duty != GuardDuty.Disarmed
            || occurred is { Kind: GuardEventKind.Disarm, Reason: DisarmReason.Paused }
            || (occurred.Kind == GuardEventKind.Disarm
                && occurred.Sighting is InstanceSighting.Stopped or InstanceSighting.InRecovery),
            $"seed {seed}: disarmed without having seen that no primary runs");
        Assert.True(
            before.ToRecord() == after.ToRecord() || step.Effects.HasFlag(GuardEffects.Persist),
            $"seed {seed}: a change was not recorded");
        Assert.True(
            !step.Effects.HasFlag(GuardEffects.Exit) || after.Duty != GuardDuty.Armed,
            $"seed {seed}: left an armed guard");
        Assert.True(
            after.Duty != GuardDuty.Armed || GuardPolicy.WakeAt(after) <= after.Deadline,
            $"seed {seed}: would sleep over the deadline");
    }

    private static GuardEvent Draw(Random random, BootTime now)
    {
        var deadline = now + TimeSpan.FromMilliseconds(random.Next(-3000, 15000));
        var acquisition = new Acquisition(random.Next(1, 4), 1);
        return random.Next(0, 12) switch
        {
            0 or 1 => GuardEvent.Tick(now),
            2 or 3 => GuardEvent.Arm(now, deadline, acquisition),
            4 or 5 or 6 => GuardEvent.Feed(now, deadline, acquisition),
            7 => GuardEvent.Disarm(now, (DisarmReason)random.Next(0, 3), (InstanceSighting)random.Next(0, 4)),
            8 => GuardEvent.FenceRan(now, random.Next(0, 2) == 0),
            9 => GuardEvent.InstanceSeen(now, (InstanceSighting)random.Next(0, 4)),
            10 => GuardEvent.AgentBack(now, random.Next(0, 2) == 0),
            _ => random.Next(0, 4) == 0 ? GuardEvent.AgentLeft(now) : GuardEvent.AgentLost(now),
        };
    }
}
