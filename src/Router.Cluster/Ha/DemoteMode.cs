namespace Router.Cluster.Ha;

/// <summary>How a primary is stopped (ha-loop.md 11).</summary>
public enum DemoteMode
{
    /// <summary>Fast stop, the lock's fate decided by its lease: the store is out of reach.</summary>
    Offline,

    /// <summary>The lock is lost: nothing is waited for, the instance is fenced.</summary>
    Immediate,
}
