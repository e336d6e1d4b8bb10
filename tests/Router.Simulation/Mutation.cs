namespace Router.Simulation;

/// <summary>
/// A line of defence taken away, at a port of the simulated world: what a run is worth is whether it finds that out.
/// </summary>
public enum Mutation
{
    None,

    /// <summary>While its store is out of reach an agent stops nothing, whatever it decides.</summary>
    OutageNeverDemotes,

    /// <summary>An agent that holds no lease stops nothing.</summary>
    PrimaryWithoutClaim,

    /// <summary>The guard hears nothing of a promotion.</summary>
    PromotionUnguarded,

    /// <summary>No member's key says that it runs, so that nobody waits for a leader that went silent.</summary>
    SilentLeaderForgotten,
}
