namespace Router.Cluster.Local;

/// <summary>The operations that take longer than a cycle; at most one runs at a time, beside the cycle.</summary>
public enum OperationKind
{
    Bootstrap,
    Clone,

    /// <summary>Starts the instance as a standby.</summary>
    Start,

    /// <summary>Starts the instance as primary, in place.</summary>
    StartAsPrimary,
    Promote,

    /// <summary>Stops a primary that may no longer lead, and leaves it stopped.</summary>
    Demote,

    /// <summary>Brings a stopped instance back behind the leader: rewinds or clones where its history parted.</summary>
    Rejoin,

    /// <summary>The planned end of leadership: stop writes, stop fast, see the candidate caught up, release.</summary>
    HandOver,
    Restart,
    Reinitialize,
}
