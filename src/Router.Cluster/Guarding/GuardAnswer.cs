namespace Router.Cluster.Guarding;

/// <summary>What the guard tells the agent that asked.</summary>
public enum GuardAnswer : byte
{
    /// <summary>The event was no request.</summary>
    None,

    /// <summary>The deadline was taken.</summary>
    Armed,

    /// <summary>Nothing is fenced.</summary>
    Disarmed,

    /// <summary>The deadline had passed; nothing changed.</summary>
    DeadlinePast,

    /// <summary>The guard has fired for this acquisition; nothing changed.</summary>
    Latched,

    /// <summary>The feed is of an acquisition that the guard is not armed for; nothing changed.</summary>
    NotArmed,

    /// <summary>A primary runs, or the guard could not see that none does; nothing changed.</summary>
    PrimaryRuns,
}
