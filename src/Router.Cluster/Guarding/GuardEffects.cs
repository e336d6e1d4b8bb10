namespace Router.Cluster.Guarding;

/// <summary>What the guard has to do, in the order of the values.</summary>
[Flags]
public enum GuardEffects
{
    None = 0,

    /// <summary>End every process of the instance now, before anything else.</summary>
    Fence = 1,

    /// <summary>Write <see cref="GuardMemory.ToRecord"/> before answering.</summary>
    Persist = 2,

    /// <summary>Start the agent with the command line that it registered.</summary>
    RestartAgent = 4,

    /// <summary>Nothing is left to guard.</summary>
    Exit = 8,
}
