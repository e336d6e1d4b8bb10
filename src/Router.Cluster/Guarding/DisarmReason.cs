namespace Router.Cluster.Guarding;

/// <summary>Why the agent asks the guard to stand down. There is no other reason.</summary>
public enum DisarmReason
{
    /// <summary>
    /// The instance was seen stopped. The guard looks for itself and refuses while it sees a primary.
    /// </summary>
    Stopped,

    /// <summary>
    /// The instance was seen in recovery: a replica, or a standby leader, which is never fenced. The guard looks for
    /// itself and refuses while it sees a primary.
    /// </summary>
    InRecovery,

    /// <summary>Every member has confirmed the pause: the operator answers for the instance now.</summary>
    Paused,
}
