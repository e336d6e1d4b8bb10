namespace Router.Cluster.Guarding;

/// <summary>Something that happened, and when. Only the fields that belong to the kind are read.</summary>
public readonly record struct GuardEvent
{
    public GuardEventKind Kind { get; private init; }

    public BootTime Now { get; private init; }

    public BootTime Deadline { get; private init; }

    public Acquisition Acquisition { get; private init; }

    public DisarmReason Reason { get; private init; }

    public InstanceSighting Sighting { get; private init; }

    /// <summary>Of <see cref="GuardEventKind.FenceRan"/>: SIGKILL is pending everywhere.</summary>
    public bool IsFenced { get; private init; }

    /// <summary>Of <see cref="GuardEventKind.AgentBack"/>: nobody else restarts this agent.</summary>
    public bool RestartsAgent { get; private init; }

    public static GuardEvent Tick(BootTime now) => new() { Kind = GuardEventKind.Tick, Now = now };

    public static GuardEvent Arm(BootTime now, BootTime deadline, Acquisition acquisition) =>
        new() { Kind = GuardEventKind.Arm, Now = now, Deadline = deadline, Acquisition = acquisition };

    public static GuardEvent Feed(BootTime now, BootTime deadline, Acquisition acquisition) =>
        new() { Kind = GuardEventKind.Feed, Now = now, Deadline = deadline, Acquisition = acquisition };

    public static GuardEvent Disarm(BootTime now, DisarmReason reason, InstanceSighting sighting) =>
        new() { Kind = GuardEventKind.Disarm, Now = now, Reason = reason, Sighting = sighting };

    public static GuardEvent FenceRan(BootTime now, bool isFenced) =>
        new() { Kind = GuardEventKind.FenceRan, Now = now, IsFenced = isFenced };

    public static GuardEvent InstanceSeen(BootTime now, InstanceSighting sighting) =>
        new() { Kind = GuardEventKind.InstanceSeen, Now = now, Sighting = sighting };

    public static GuardEvent AgentBack(BootTime now, bool restartsAgent) =>
        new() { Kind = GuardEventKind.AgentBack, Now = now, RestartsAgent = restartsAgent };

    public static GuardEvent AgentLost(BootTime now) => new() { Kind = GuardEventKind.AgentLost, Now = now };

    public static GuardEvent AgentLeft(BootTime now) => new() { Kind = GuardEventKind.AgentLeft, Now = now };
}
