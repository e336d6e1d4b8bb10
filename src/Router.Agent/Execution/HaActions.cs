using Router.Cluster.Ha;

namespace Router.Agent.Execution;

/// <summary>What the cycle has to know of actions as a whole.</summary>
public static class HaActions
{
    /// <summary>
    /// False for what the leader writes in every cycle and for operations, which wake the cycle at their end.
    /// </summary>
    public static bool ChangesTheWorld(HaAction action) => action is not (
        HaAction.WriteStatus or HaAction.Bootstrap or HaAction.CopyFrom or HaAction.StartAsPrimary
        or HaAction.StartAsStandby or HaAction.Promote or HaAction.Demote or HaAction.Rejoin or HaAction.HandOver
        or HaAction.Restart or HaAction.Reinitialize);
}
