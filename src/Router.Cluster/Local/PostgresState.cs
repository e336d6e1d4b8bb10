namespace Router.Cluster.Local;

/// <summary>What the postmaster does, as far as a probe can tell.</summary>
public enum PostgresState
{
    /// <summary>No process of the instance lives.</summary>
    Stopped,

    /// <summary>The postmaster lives and refuses sessions because it starts up or recovers (57P03).</summary>
    Starting,

    /// <summary>It answers queries.</summary>
    Running,

    /// <summary>The postmaster lives and shuts down.</summary>
    Stopping,

    /// <summary>
    /// The postmaster lives and answered, but not with what we asked (53300, 28xxx): that is life (rule S11).
    /// </summary>
    Refusing,

    /// <summary>
    /// The postmaster lives and was silent beyond the bound on two fresh connections and the reserved one (rule S11).
    /// </summary>
    Hung,
}
