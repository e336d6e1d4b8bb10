namespace Router.Cluster.Guarding;

/// <summary>What the agent knows of its guard, the process that fences PostgreSQL when the lease runs out.</summary>
public abstract record GuardState
{
    private GuardState()
    {
    }

    /// <summary>No guard runs, or it is stopped or mute.</summary>
    public sealed record Missing : GuardState;

    public sealed record Disarmed : GuardState;

    /// <summary>It fences at <paramref name="Deadline"/> unless it is fed before.</summary>
    public sealed record Armed(BootTime Deadline) : GuardState;

    /// <summary>It has fenced and stays latched until a new acquisition (rule S15).</summary>
    public sealed record Fired : GuardState;
}
