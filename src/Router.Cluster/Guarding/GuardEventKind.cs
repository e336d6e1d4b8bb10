namespace Router.Cluster.Guarding;

/// <summary>What can happen to a guard.</summary>
public enum GuardEventKind : byte
{
    /// <summary>Time went by.</summary>
    Tick,

    /// <summary>The agent is about to promote, or to start a primary.</summary>
    Arm,

    /// <summary>The agent has proven its lease.</summary>
    Feed,

    /// <summary>The agent asks to stand down; the guard has looked at the instance since.</summary>
    Disarm,

    /// <summary>A run of the fence ended.</summary>
    FenceRan,

    /// <summary>The guard has looked at the instance.</summary>
    InstanceSeen,

    /// <summary>An agent registered.</summary>
    AgentBack,

    /// <summary>The agent's process ended.</summary>
    AgentLost,

    /// <summary>The agent said that it ends on purpose.</summary>
    AgentLeft,
}
