namespace Router.Cluster.Guarding;

/// <summary>All that the guard remembers. A value: the step at the deadline allocates nothing.</summary>
public readonly record struct GuardMemory
{
    public GuardDuty Duty { get; init; }

    /// <summary>When to fence; meaningful while <see cref="GuardDuty.Armed"/>.</summary>
    public BootTime Deadline { get; init; }

    /// <summary>What it is armed for, or has fired for.</summary>
    public Acquisition Acquisition { get; init; }

    /// <summary>The last acquisition that ended in a fence: it arms nothing and feeds nothing any more.</summary>
    public Acquisition? Latch { get; init; }

    /// <summary>After firing: the fence reported that every process has its SIGKILL.</summary>
    public bool IsFenced { get; init; }

    public AgentLink Agent { get; init; }

    /// <summary>When <see cref="Agent"/> last changed.</summary>
    public BootTime AgentSince { get; init; }

    /// <summary>There is no service manager: a lost agent is this guard's to restart.</summary>
    public bool RestartsAgent { get; init; }

    /// <summary>Restarts since the agent last stayed for <see cref="GuardPolicy.SteadyAfter"/>.</summary>
    public int Restarts { get; init; }

    /// <summary>When the next restart is due; meaningful while the agent is lost.</summary>
    public BootTime RestartAt { get; init; }

    /// <summary>The state of a guard that takes over what its predecessor recorded.</summary>
    public static GuardMemory Resume(GuardRecord record, BootTime now) => new()
    {
        Duty = record.Duty,
        Deadline = record.Deadline,
        Acquisition = record.Acquisition,
        Latch = record.Latch,
        IsFenced = record.IsFenced,
        AgentSince = now,
    };

    /// <summary>What a successor needs.</summary>
    public GuardRecord ToRecord() => new(Duty, Deadline, Acquisition, Latch, IsFenced);
}
