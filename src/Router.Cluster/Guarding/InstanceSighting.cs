namespace Router.Cluster.Guarding;

/// <summary>What the guard saw of the instance with its own eyes: files and processes, never SQL.</summary>
public enum InstanceSighting
{
    /// <summary>It could not look: a file or directory was not readable.</summary>
    Unknown,

    /// <summary>No process, or only a single-user server, which accepts no connection.</summary>
    Stopped,

    /// <summary>It runs and a signal file holds it in recovery.</summary>
    InRecovery,

    /// <summary>
    /// It runs and nothing holds it in recovery, so it accepts writes now or after crash recovery. Orphaned backends
    /// of a killed postmaster count.
    /// </summary>
    Primary,
}
