namespace Router.Agent.Guarding;

/// <summary>The guard's answer to a request to stand down.</summary>
public enum DisarmOutcome
{
    /// <summary>Nothing will be fenced.</summary>
    Disarmed,

    /// <summary>The guard sees a primary running and stays as it was.</summary>
    PrimaryRuns,

    /// <summary>No guard answered within the bound; the recorded deadline stands.</summary>
    NoGuard,
}
