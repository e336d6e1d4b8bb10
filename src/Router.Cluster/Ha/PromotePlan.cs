using Router.Cluster.Local;

namespace Router.Cluster.Ha;

/// <summary>
/// The steps from holding the lock to taking writes. Broken off after any of them, nobody has lost a commit: the key
/// first narrows who may be promoted to those who will have everything, then the guard is armed, then the names say
/// who must acknowledge, then the record bars the timeline's number, and only then does recovery end.
/// </summary>
internal static class PromotePlan
{
    public static IEnumerable<HaAction> Of(Situation situation)
    {
        if (situation.LostEpoch is { } lost)
        {
            yield return lost;
        }

        foreach (var action in SyncPolicy.BeforePromote(situation))
        {
            if (action is HaAction.WriteSync)
            {
                yield return action;
            }
        }

        yield return new HaAction.ArmGuard();
        foreach (var action in SyncPolicy.BeforePromote(situation))
        {
            if (action is HaAction.SetSynchronousNames)
            {
                yield return action;
            }
        }

        if (situation.Local.Lease is not LeaseState.Held { IsEpochOpened: true } || !situation.IsLockMine)
        {
            yield return new HaAction.OpenEpoch(situation.Postgres.Timeline.Next);
        }

        yield return new HaAction.Promote();
    }
}
