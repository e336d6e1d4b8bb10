namespace Router.Cluster.Guarding;

/// <summary>The agent as the guard sees it. A frozen agent is present: only its deadline tells.</summary>
public enum AgentLink : byte
{
    /// <summary>None has registered since this guard started.</summary>
    Awaited,

    /// <summary>Registered, and its process lives.</summary>
    Present,

    /// <summary>Its process ended without a word.</summary>
    Lost,

    /// <summary>It said that it ends on purpose; it is not restarted.</summary>
    Left,
}
