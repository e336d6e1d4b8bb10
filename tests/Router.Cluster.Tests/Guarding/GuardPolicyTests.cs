using Router.Cluster.Guarding;

namespace Router.Cluster.Tests.Guarding;

/// <summary>One test per rule of the guard (rules S14 to S16).</summary>
public sealed class GuardPolicyTests
{
    private static readonly Acquisition First = new(7, 0x51);
    private static readonly Acquisition Second = new(8, 0x52);
    private static readonly GuardMemory Armed = new()
    {
        Duty = GuardDuty.Armed,
        Deadline = At(20),
        Acquisition = First,
        Agent = AgentLink.Present,
    };

    private static readonly GuardMemory Fired = Armed with { Duty = GuardDuty.Fired, Latch = First, IsFenced = true };
    private static readonly GuardMemory Disarmed = new() { Agent = AgentLink.Present };

    [Fact]
    public void Arming_takes_the_deadline_as_it_is_and_records_it()
    {
        var step = GuardPolicy.Step(Disarmed, GuardEvent.Arm(At(1), At(20), First));

        Assert.Equal(new GuardStep(Armed, GuardEffects.Persist, GuardAnswer.Armed), step);
    }

    [Theory]
    [InlineData(25)]
    [InlineData(12)]
    public void Feed_moves_the_deadline_in_either_direction(double deadline)
    {
        var step = GuardPolicy.Step(Armed, GuardEvent.Feed(At(10), At(deadline), First));

        Assert.Equal(
            new GuardStep(Armed with { Deadline = At(deadline) }, GuardEffects.Persist, GuardAnswer.Armed), step);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    public void Deadline_already_past_is_ignored(double deadline)
    {
        var feed = GuardPolicy.Step(Armed, GuardEvent.Feed(At(10), At(deadline), First));
        var arm = GuardPolicy.Step(Disarmed, GuardEvent.Arm(At(10), At(deadline), First));

        Assert.Equal(new GuardStep(Armed, GuardEffects.None, GuardAnswer.DeadlinePast), feed);
        Assert.Equal(new GuardStep(Disarmed, GuardEffects.None, GuardAnswer.DeadlinePast), arm);
    }

    [Fact]
    public void Feed_of_another_acquisition_is_ignored()
    {
        var step = GuardPolicy.Step(Armed, GuardEvent.Feed(At(10), At(30), Second));

        Assert.Equal(new GuardStep(Armed, GuardEffects.None, GuardAnswer.NotArmed), step);
    }

    [Fact]
    public void Feed_does_not_arm()
    {
        var step = GuardPolicy.Step(Disarmed, GuardEvent.Feed(At(1), At(30), First));

        Assert.Equal(new GuardStep(Disarmed, GuardEffects.None, GuardAnswer.NotArmed), step);
    }

    [Fact]
    public void Nothing_is_fenced_before_the_deadline()
    {
        Assert.Equal(
            new GuardStep(Armed, GuardEffects.None, GuardAnswer.None),
            GuardPolicy.Step(Armed, GuardEvent.Tick(At(19.999))));
        Assert.Equal(At(20), GuardPolicy.WakeAt(Armed));
    }

    [Fact]
    public void Deadline_fences_and_latches()
    {
        var step = GuardPolicy.Step(Armed, GuardEvent.Tick(At(20)));

        Assert.Equal(
            new GuardStep(Fired with { IsFenced = false }, GuardEffects.Fence | GuardEffects.Persist, GuardAnswer.None),
            step);
    }

    [Fact]
    public void Feed_that_comes_with_the_deadline_comes_too_late()
    {
        var step = GuardPolicy.Step(Armed, GuardEvent.Feed(At(20), At(40), First));

        Assert.Equal(GuardDuty.Fired, step.Memory.Duty);
        Assert.Equal(GuardAnswer.Latched, step.Answer);
        Assert.True(step.Effects.HasFlag(GuardEffects.Fence));
    }

    [Fact]
    public void After_firing_only_a_new_acquisition_arms()
    {
        Assert.Equal(GuardAnswer.Latched, GuardPolicy.Step(Fired, GuardEvent.Arm(At(21), At(40), First)).Answer);
        Assert.Equal(GuardAnswer.Latched, GuardPolicy.Step(Fired, GuardEvent.Feed(At(21), At(40), First)).Answer);

        var step = GuardPolicy.Step(Fired, GuardEvent.Arm(At(21), At(40), Second));

        Assert.Equal(GuardAnswer.Armed, step.Answer);
        Assert.Equal(
            (GuardDuty.Armed, At(40), Second), (step.Memory.Duty, step.Memory.Deadline, step.Memory.Acquisition));
    }

    [Theory]
    [InlineData(DisarmReason.Paused)]
    [InlineData(DisarmReason.Stopped)]
    public void Latch_outlasts_a_disarm(DisarmReason reason)
    {
        var disarmed = GuardPolicy.Step(Fired, GuardEvent.Disarm(At(30), reason, InstanceSighting.Stopped)).Memory;

        Assert.Equal(GuardDuty.Disarmed, disarmed.Duty);
        Assert.Equal(GuardAnswer.Latched, GuardPolicy.Step(disarmed, GuardEvent.Arm(At(31), At(50), First)).Answer);
    }

    [Theory]
    [InlineData(DisarmReason.Stopped, InstanceSighting.Stopped, true)]
    [InlineData(DisarmReason.Stopped, InstanceSighting.InRecovery, true)]
    [InlineData(DisarmReason.InRecovery, InstanceSighting.InRecovery, true)]
    [InlineData(DisarmReason.InRecovery, InstanceSighting.Stopped, true)]
    [InlineData(DisarmReason.Stopped, InstanceSighting.Primary, false)]
    [InlineData(DisarmReason.Stopped, InstanceSighting.Unknown, false)]
    [InlineData(DisarmReason.InRecovery, InstanceSighting.Primary, false)]
    [InlineData(DisarmReason.InRecovery, InstanceSighting.Unknown, false)]
    [InlineData(DisarmReason.Paused, InstanceSighting.Primary, true)]
    [InlineData(DisarmReason.Paused, InstanceSighting.Unknown, true)]
    public void Disarms_in_a_confirmed_pause_or_after_seeing_no_primary(
        DisarmReason reason, InstanceSighting sighting, bool isDisarmed)
    {
        var step = GuardPolicy.Step(Armed, GuardEvent.Disarm(At(10), reason, sighting));

        Assert.Equal(isDisarmed ? GuardDuty.Disarmed : GuardDuty.Armed, step.Memory.Duty);
        Assert.Equal(isDisarmed ? GuardAnswer.Disarmed : GuardAnswer.PrimaryRuns, step.Answer);
        Assert.Equal(isDisarmed, step.Effects.HasFlag(GuardEffects.Persist));
    }

    [Fact]
    public void Unfinished_fence_is_repeated()
    {
        var unfinished = Fired with { IsFenced = false };

        Assert.Equal(GuardEffects.Fence, GuardPolicy.Step(unfinished, GuardEvent.Tick(At(21))).Effects);
        Assert.Equal(
            GuardEffects.None,
            GuardPolicy.Step(
                GuardPolicy.Step(unfinished, GuardEvent.FenceRan(At(21), isFenced: true)).Memory,
                GuardEvent.Tick(At(22))).Effects);
    }

    [Theory]
    [InlineData(GuardDuty.Fired, InstanceSighting.Primary, true)]
    [InlineData(GuardDuty.Fired, InstanceSighting.InRecovery, false)]
    [InlineData(GuardDuty.Fired, InstanceSighting.Stopped, false)]
    [InlineData(GuardDuty.Fired, InstanceSighting.Unknown, false)]
    [InlineData(GuardDuty.Armed, InstanceSighting.Primary, false)]
    [InlineData(GuardDuty.Disarmed, InstanceSighting.Primary, false)]
    [InlineData(GuardDuty.Disarmed, InstanceSighting.InRecovery, false)]
    public void Primary_that_shows_up_after_the_fence_is_fenced(
        GuardDuty duty, InstanceSighting sighting, bool isFenced)
    {
        var before = Fired with { Duty = duty, Deadline = At(99) };

        var step = GuardPolicy.Step(before, GuardEvent.InstanceSeen(At(30), sighting));

        Assert.Equal(isFenced ? GuardEffects.Fence : GuardEffects.None, step.Effects);
    }

    [Fact]
    public void Successor_fences_what_its_predecessor_owed()
    {
        var late = GuardMemory.Resume(Armed.ToRecord(), At(25));
        var inTime = GuardMemory.Resume(Armed.ToRecord(), At(15));

        Assert.True(GuardPolicy.Step(late, GuardEvent.Tick(At(25))).Effects.HasFlag(GuardEffects.Fence));
        Assert.Equal(GuardEffects.None, GuardPolicy.Step(inTime, GuardEvent.Tick(At(15))).Effects);
        Assert.Equal(GuardAnswer.Armed, GuardPolicy.Step(inTime, GuardEvent.Feed(At(15), At(35), First)).Answer);
        Assert.Equal(
            GuardAnswer.Latched,
            GuardPolicy.Step(
                GuardMemory.Resume(Fired.ToRecord(), At(30)), GuardEvent.Arm(At(30), At(50), First)).Answer);
    }

    [Theory]
    [InlineData(true, GuardEffects.RestartAgent)]
    [InlineData(false, GuardEffects.None)]
    public void Lost_agent_is_restarted_at_once_unless_a_service_manager_does(bool restarts, GuardEffects expected)
    {
        var registered = GuardPolicy.Step(Armed, GuardEvent.AgentBack(At(1), restarts)).Memory;

        var step = GuardPolicy.Step(registered, GuardEvent.AgentLost(At(10)));

        Assert.Equal(expected, step.Effects);
        Assert.Equal((GuardDuty.Armed, At(20)), (step.Memory.Duty, step.Memory.Deadline));
        Assert.Equal(
            GuardEffects.Fence, GuardPolicy.Step(step.Memory, GuardEvent.Tick(At(20))).Effects & GuardEffects.Fence);
    }

    [Fact]
    public void Agent_that_keeps_dying_is_restarted_with_growing_pauses()
    {
        var memory = GuardPolicy.Step(new GuardMemory(), GuardEvent.AgentBack(At(0), restartsAgent: true)).Memory;
        var now = At(1);
        var pauses = new List<double>();
        for (var death = 0; death < 9; death++)
        {
            var lost = GuardPolicy.Step(memory, GuardEvent.AgentLost(now));
            var due = lost.Effects == GuardEffects.RestartAgent ? now : GuardPolicy.WakeAt(lost.Memory)!.Value;
            pauses.Add((due - now).TotalSeconds);
            var restarted = due == now ? lost : GuardPolicy.Step(lost.Memory, GuardEvent.Tick(due));
            Assert.Equal(GuardEffects.RestartAgent, restarted.Effects);
            memory = GuardPolicy.Step(restarted.Memory, GuardEvent.AgentBack(due, restartsAgent: true)).Memory;
            now = due;
        }

        Assert.Equal([0, 2, 4, 8, 16, 30, 30, 30, 30], pauses);
        var steady = GuardPolicy.Step(memory, GuardEvent.AgentLost(now + GuardPolicy.SteadyAfter));
        Assert.Equal(GuardEffects.RestartAgent, steady.Effects);
        Assert.Equal(1, steady.Memory.Restarts);
    }

    [Fact]
    public void Restart_that_brings_no_agent_is_tried_again()
    {
        var registered = GuardPolicy.Step(Disarmed, GuardEvent.AgentBack(At(1), restartsAgent: true)).Memory;
        var lost = GuardPolicy.Step(registered, GuardEvent.AgentLost(At(2))).Memory;

        Assert.Equal(GuardEffects.None, GuardPolicy.Step(lost, GuardEvent.Tick(At(3.9))).Effects);
        Assert.Equal(GuardEffects.RestartAgent, GuardPolicy.Step(lost, GuardEvent.Tick(At(4))).Effects);
    }

    [Fact]
    public void Agent_that_ends_on_purpose_is_not_restarted_and_takes_a_disarmed_guard_along()
    {
        var registered = GuardPolicy.Step(Disarmed, GuardEvent.AgentBack(At(1), restartsAgent: true)).Memory;

        var step = GuardPolicy.Step(registered, GuardEvent.AgentLeft(At(2)));

        Assert.Equal(GuardEffects.Exit, step.Effects);
        Assert.Equal(GuardEffects.None, GuardPolicy.Step(step.Memory, GuardEvent.AgentLost(At(3))).Effects);
    }

    [Fact]
    public void Guard_of_an_agent_that_left_a_primary_behind_stays_until_it_is_fenced()
    {
        var left = GuardPolicy.Step(Armed, GuardEvent.AgentLeft(At(10)));
        Assert.Equal(GuardEffects.None, left.Effects);

        var fired = GuardPolicy.Step(left.Memory, GuardEvent.Tick(At(20)));
        Assert.Equal(GuardEffects.Fence | GuardEffects.Persist, fired.Effects);

        Assert.Equal(
            GuardEffects.Persist, GuardPolicy.Step(fired.Memory, GuardEvent.FenceRan(At(20), isFenced: false)).Effects);
        Assert.Equal(
            GuardEffects.Persist | GuardEffects.Exit,
            GuardPolicy.Step(fired.Memory, GuardEvent.FenceRan(At(20), isFenced: true)).Effects);
    }

    [Fact]
    public void Guard_with_nothing_to_do_ends_when_its_agent_stays_away()
    {
        var alone = new GuardMemory { AgentSince = At(0) };
        var owing = Armed with { Agent = AgentLink.Lost, AgentSince = At(0), Deadline = At(1000) };

        Assert.Equal(At(60), GuardPolicy.WakeAt(alone));
        Assert.Equal(GuardEffects.None, GuardPolicy.Step(alone, GuardEvent.Tick(At(59))).Effects);
        Assert.Equal(GuardEffects.Exit, GuardPolicy.Step(alone, GuardEvent.Tick(At(60))).Effects);
        Assert.Equal(GuardEffects.None, GuardPolicy.Step(owing, GuardEvent.Tick(At(600))).Effects);
    }

    private static BootTime At(double seconds) => new(TimeSpan.FromSeconds(seconds));
}
