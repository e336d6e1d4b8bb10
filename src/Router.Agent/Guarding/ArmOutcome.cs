namespace Router.Agent.Guarding;

/// <summary>The guard's answer to a request to arm.</summary>
public enum ArmOutcome
{
    /// <summary>The deadline is taken and recorded: a primary may run until then.</summary>
    Armed,

    /// <summary>The deadline had passed when it arrived.</summary>
    DeadlinePast,

    /// <summary>The guard has already fired for this acquisition.</summary>
    Latched,

    /// <summary>No guard answered within the bound.</summary>
    NoGuard,
}
