namespace Router.Cluster.Guarding;

/// <summary>
/// The guard's decision: memory and event in, memory, effects and answer out. No clock, no IO, no allocation; the same
/// code runs in the simulation as a process of its own. Rules S14 to S17 of src/decisions/0001-safety-rules.md.
/// <para>
/// A deadline is the instant to fence at and is taken as it is. A standby leader is never fenced because it is never
/// armed: whoever is armed is fenced in recovery too, since its promotion may be under way.
/// </para>
/// </summary>
public static class GuardPolicy
{
    /// <summary>An agent that stayed this long has its restarts forgiven.</summary>
    public static readonly TimeSpan SteadyAfter = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a guard that has nothing to fence waits for an agent that somebody else restarts. The latch stays in
    /// the record.
    /// </summary>
    public static readonly TimeSpan AloneMax = TimeSpan.FromSeconds(60);

    private const double RestartPauseFirstSeconds = 2;
    private const double RestartPauseMaxSeconds = 30;

    public static GuardStep Step(in GuardMemory memory, in GuardEvent occurred)
    {
        // Time first: a feed that comes together with the deadline comes too late.
        var expired = Expire(memory, occurred.Now);
        var step = React(expired.Memory, occurred);
        return step with { Effects = expired.Effects | step.Effects };
    }

    /// <summary>When the next tick is due at the latest; null: only an event can matter.</summary>
    public static BootTime? WakeAt(in GuardMemory memory)
    {
        BootTime? deadline = memory.Duty == GuardDuty.Armed ? memory.Deadline : null;
        BootTime? agent = memory switch
        {
            { Agent: AgentLink.Lost, RestartsAgent: true } => memory.RestartAt,
            _ when IsIdleWithoutAgent(memory) => memory.AgentSince + AloneMax,
            _ => null,
        };
        return deadline is { } first && agent is { } second ? (first < second ? first : second) : deadline ?? agent;
    }

    private static GuardStep Expire(in GuardMemory memory, BootTime now) =>
        memory.Duty == GuardDuty.Armed && now >= memory.Deadline
            ? new(
                memory with { Duty = GuardDuty.Fired, Latch = memory.Acquisition, IsFenced = false },
                GuardEffects.Fence | GuardEffects.Persist,
                GuardAnswer.None)
            : Keep(memory);

    private static GuardStep React(in GuardMemory memory, in GuardEvent occurred) => occurred.Kind switch
    {
        GuardEventKind.Tick => Tick(memory, occurred.Now),
        GuardEventKind.Arm => Arm(memory, occurred),
        GuardEventKind.Feed => Feed(memory, occurred),
        GuardEventKind.Disarm => Disarm(memory, occurred),
        GuardEventKind.FenceRan => FenceRan(memory, occurred.IsFenced),
        GuardEventKind.InstanceSeen => Keep(memory, Refence(memory, occurred.Sighting)),
        GuardEventKind.AgentBack => AgentBack(memory, occurred),
        GuardEventKind.AgentLost => AgentLost(memory, occurred.Now),
        GuardEventKind.AgentLeft => Leave(memory with { Agent = AgentLink.Left, AgentSince = occurred.Now }),
        _ => Keep(memory),
    };

    private static GuardStep Tick(in GuardMemory memory, BootTime now)
    {
        var unfinished = memory is { Duty: GuardDuty.Fired, IsFenced: false } ? GuardEffects.Fence : GuardEffects.None;
        switch (memory)
        {
            case { Agent: AgentLink.Lost, RestartsAgent: true } when now >= memory.RestartAt:
                var restarted = memory with
                {
                    Restarts = memory.Restarts + 1,
                    RestartAt = now + RestartPause(memory.Restarts),
                };
                return Keep(restarted, unfinished | GuardEffects.RestartAgent);
            case var _ when IsIdleWithoutAgent(memory) && now >= memory.AgentSince + AloneMax:
                return Keep(memory, GuardEffects.Exit);
            default:
                return Keep(memory, unfinished);
        }
    }

    private static GuardStep Arm(in GuardMemory memory, in GuardEvent asked)
    {
        if (memory.Latch == asked.Acquisition)
        {
            return Refuse(memory, GuardAnswer.Latched);
        }

        return asked.Deadline <= asked.Now ? Refuse(memory, GuardAnswer.DeadlinePast) : Take(memory, asked);
    }

    private static GuardStep Feed(in GuardMemory memory, in GuardEvent asked)
    {
        if (memory.Latch == asked.Acquisition)
        {
            return Refuse(memory, GuardAnswer.Latched);
        }

        if (memory.Duty != GuardDuty.Armed || memory.Acquisition != asked.Acquisition)
        {
            return Refuse(memory, GuardAnswer.NotArmed);
        }

        return asked.Deadline <= asked.Now ? Refuse(memory, GuardAnswer.DeadlinePast) : Take(memory, asked);
    }

    private static GuardStep Take(in GuardMemory memory, in GuardEvent asked) => new(
        memory with
        {
            Duty = GuardDuty.Armed,
            Deadline = asked.Deadline,
            Acquisition = asked.Acquisition,
            IsFenced = false,
        },
        GuardEffects.Persist,
        GuardAnswer.Armed);

    private static GuardStep Disarm(in GuardMemory memory, in GuardEvent asked)
    {
        var maySleep = asked.Reason == DisarmReason.Paused
            || asked.Sighting is InstanceSighting.Stopped or InstanceSighting.InRecovery;
        return maySleep
            ? new(memory with { Duty = GuardDuty.Disarmed }, GuardEffects.Persist, GuardAnswer.Disarmed)
            : new(memory, Refence(memory, asked.Sighting), GuardAnswer.PrimaryRuns);
    }

    private static GuardStep FenceRan(in GuardMemory memory, bool isFenced) => memory.Duty == GuardDuty.Fired
        ? Leave(memory with { IsFenced = isFenced }, GuardEffects.Persist)
        : Keep(memory);

    private static GuardEffects Refence(in GuardMemory memory, InstanceSighting sighting) =>
        memory.Duty == GuardDuty.Fired && sighting == InstanceSighting.Primary ? GuardEffects.Fence : GuardEffects.None;

    private static GuardStep AgentBack(in GuardMemory memory, in GuardEvent occurred) => Keep(memory with
    {
        Agent = AgentLink.Present,
        AgentSince = occurred.Now,
        RestartsAgent = occurred.RestartsAgent,
    });

    private static GuardStep AgentLost(in GuardMemory memory, BootTime now)
    {
        if (memory.Agent != AgentLink.Present)
        {
            return Keep(memory);
        }

        var wasSteady = now - memory.AgentSince >= SteadyAfter;
        var restarts = wasSteady ? 0 : memory.Restarts;
        var lost = memory with
        {
            Agent = AgentLink.Lost,
            AgentSince = now,
            Restarts = restarts,

            // At once, unless the last restart was a moment ago: then its pause goes on.
            RestartAt = restarts == 0 || memory.RestartAt < now ? now : memory.RestartAt,
        };
        return Tick(lost, now);
    }

    private static bool IsIdleWithoutAgent(in GuardMemory memory) =>
        memory is { Agent: AgentLink.Lost or AgentLink.Awaited, RestartsAgent: false } && HasNothingToFence(memory);

    private static bool HasNothingToFence(in GuardMemory memory) =>
        memory.Duty == GuardDuty.Disarmed || memory is { Duty: GuardDuty.Fired, IsFenced: true };

    /// <summary>The guard of an agent that ended on purpose ends too, once nothing runs that it must fence.</summary>
    private static GuardStep Leave(in GuardMemory memory, GuardEffects effects = GuardEffects.None)
    {
        var isDone = memory.Agent == AgentLink.Left && HasNothingToFence(memory);
        return Keep(memory, isDone ? effects | GuardEffects.Exit : effects);
    }

    private static TimeSpan RestartPause(int restarts) => TimeSpan.FromSeconds(
        Math.Min(RestartPauseMaxSeconds, RestartPauseFirstSeconds * Math.Pow(2, Math.Min(restarts, 10))));

    private static GuardStep Keep(in GuardMemory memory, GuardEffects effects = GuardEffects.None) =>
        new(memory, effects, GuardAnswer.None);

    private static GuardStep Refuse(in GuardMemory memory, GuardAnswer answer) =>
        new(memory, GuardEffects.None, answer);
}
