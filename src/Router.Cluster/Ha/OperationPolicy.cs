using Router.Cluster.Local;

namespace Router.Cluster.Ha;

/// <summary>
/// A long operation runs beside the cycle. Leadership is kept through it, and what may end in a primary is broken off
/// when the claim is gone.
/// </summary>
internal static class OperationPolicy
{
    public static Decision Decide(Situation situation, RunningOperation operation)
    {
        var name = Name(operation);
        if (operation.Kind == OperationKind.Demote)
        {
            return Decision.Because("I stop PostgreSQL and do not lead any more", mayLead: false);
        }

        // A bootstrap is the race of the initialize key, not of the leader lock, which it takes at its end.
        if (operation.Kind == OperationKind.Bootstrap)
        {
            return Decision.Because($"{name} goes on", mayLead: true);
        }

        if (!MayMakePrimary(operation, situation.Postgres) || HasGivenUpTheLock(situation.Local, operation))
        {
            return Decision.Because($"{name} goes on", mayLead: situation.Leads).After(Recreation(situation, operation));
        }

        if (situation.Settings.Pause)
        {
            return Decision.Because($"paused; {name} goes on", situation.Local.HoldsLease);
        }

        if (!HasClaim(situation))
        {
            return Situation.Fence($"I lost the leader lock: I break {name} off and stop PostgreSQL");
        }

        return WithClaim(situation, operation, name).After(Recreation(situation, operation));
    }

    /// <summary>Whether it can leave a PostgreSQL behind that takes writes.</summary>
    public static bool MayMakePrimary(RunningOperation operation, PostgresFacts postgres) => operation.Kind switch
    {
        OperationKind.Promote or OperationKind.StartAsPrimary or OperationKind.HandOver => true,
        OperationKind.Restart => postgres.IsPrimary || !postgres.HasStandbySignal,
        _ => postgres.IsPrimary,
    };

    /// <summary>A hand-over that has released the lock is at its end, with PostgreSQL stopped for good.</summary>
    public static bool HasGivenUpTheLock(LocalState local, RunningOperation operation) =>
        operation.Kind == OperationKind.HandOver
        && local is { Lease: LeaseState.None, Postgres.State: PostgresState.Stopped };

    public static string Name(RunningOperation operation) => operation.Kind switch
    {
        OperationKind.Bootstrap => "the bootstrap",
        OperationKind.Clone => "the copy of another member's data",
        OperationKind.Start => "the start as standby",
        OperationKind.StartAsPrimary => "the start as primary",
        OperationKind.Promote => "the promotion",
        OperationKind.Demote => "the demotion",
        OperationKind.Rejoin => "the return behind the leader",
        OperationKind.HandOver => "the hand-over",
        OperationKind.Restart => "the restart",
        _ => "the new copy",
    };

    private static bool HasClaim(Situation situation) =>
        situation.Local.HoldsLease && !situation.IsSuperseded
        && (situation.IsLockMine || situation.IsLockVacant);

    private static Decision WithClaim(Situation situation, RunningOperation operation, string name)
    {
        var stopBy = LeaseBudget.StopBy((LeaseState.Held)situation.Local.Lease, situation.Settings);
        if (situation.Local.Now >= stopBy)
        {
            return Situation.Fence($"my lease ends and is not renewed: I break {name} off and stop PostgreSQL");
        }

        if (operation.Kind == OperationKind.StartAsPrimary && RecoveryPolicy.IsStartOverdue(situation))
        {
            return RecoveryPolicy.GiveUpStart(situation, name);
        }

        return Decision.Because($"I lead; {name} goes on", mayLead: true) with { DecideAgainAt = stopBy };
    }

    /// <summary>A hand-over deletes the key itself, perhaps just now: nothing is put back behind its back.</summary>
    private static HaAction.RecreateLeaderLock? Recreation(Situation situation, RunningOperation operation) =>
        operation.Kind != OperationKind.HandOver ? ReinstatePolicy.Action(situation) : null;
}
