using Router.Cluster.Local;

namespace Router.Cluster.Ha;

/// <summary>
/// My lease never lapsed by my own clock, and the lock that stood under it is gone: deleted, emptied with the whole
/// store, or overwritten by something that is nobody's lock. May I put it back at once
/// (src/decisions/0010-lock-lost-under-a-safe-lease.md)?
/// </summary>
internal static class ReinstatePolicy
{
    public static bool Applies(Situation situation) =>
        situation.Local.HoldsLease && situation.IsLockVacant && !situation.IsSuperseded;

    public static Decision Decide(Situation situation)
    {
        if (situation.Postgres is { State: PostgresState.Hung, IsPrimary: true })
        {
            return Situation.Fence("the leader key is gone and PostgreSQL hangs: I stop it at once so that others can lead");
        }

        if (IsBehind(situation))
        {
            return Situation.Fence(
                $"timeline {situation.View.HighestRecordedTimeline} is recorded and I lead on "
                + $"{situation.Postgres.Timeline}: I stop PostgreSQL");
        }

        var held = (LeaseState.Held)situation.Local.Lease;
        var stopBy = LeaseBudget.StopBy(held, situation.Settings);
        if (situation.Postgres.IsPrimary && situation.Local.Now >= stopBy)
        {
            return LeaderPolicy.UntilLeaseEnds(situation, held, "the leader key is gone");
        }

        return Obstacle(situation) is not { } obstacle
            ? Decision.Because(
                "the leader key is gone and my lease never lapsed: I put it back", mayLead: true, Recreation(situation))
                with
            { DecideAgainAt = stopBy }
            : situation.Postgres.IsPrimary
                ? LeaderPolicy.UntilLeaseEnds(
                    situation, held, $"the leader key is gone and {obstacle}")
                : Decision.Because($"the leader key is gone and {obstacle}; I wait", mayLead: true);
    }

    /// <summary>Null where the lock must not be put back.</summary>
    public static HaAction.RecreateLeaderLock? Action(Situation situation) =>
        Applies(situation) && !IsBehind(situation) && Obstacle(situation) is null ? Recreation(situation) : null;

    /// <summary>
    /// Of an epoch that is unreadable nobody knows whether it is mine; and in another store than the one that granted the
    /// lease nobody knows who leads by the first.
    /// </summary>
    private static string? Obstacle(Situation situation) =>
        situation.View.Epoch.IsUnreadable ? "the epoch key cannot be read"
        : situation.Local.IsOtherStore ? "another store answers than the one that granted my lease"
        : null;

    private static bool IsBehind(Situation situation) =>
        situation.Postgres is { State: PostgresState.Running, IsInRecovery: false }
        && situation.Postgres.Timeline.IsKnown && situation.IsBehindRecords;

    private static HaAction.RecreateLeaderLock Recreation(Situation situation) => new(
        AcquireBasis.Of(situation.View), situation.TimelineOfLeadership, situation.IsLeadershipOpened);
}
