using System.Globalization;
using Router.Cluster.Local;

namespace Router.Cluster.Ha;

/// <summary>
/// The store does not answer. A primary goes on while its lease is safe and stops in time for a fast stop to end before
/// the guard fences; everybody else leaves things as they are.
/// </summary>
internal static class DcsOutagePolicy
{
    public static Decision Decide(LocalState local, HaSettings settings)
    {
        if (settings.Pause)
        {
            return Decision.Because("paused, and the store does not answer: nothing changes", local.HoldsLease);
        }

        if (local.Operation is { } operation)
        {
            return DuringOperation(local, settings, operation);
        }

        return local switch
        {
            { Postgres.IsPrimary: false } =>
                Decision.Because("the store does not answer; I am no primary and change nothing", local.HoldsLease),
            { Lease: LeaseState.Held held, HoldsLease: true } => AsLeader(local, settings, held),
            _ => Decision.Because(
                "the store does not answer and I hold no lease: I stop PostgreSQL at once", mayLead: false,
                new HaAction.Demote(DemoteMode.Immediate)),
        };
    }

    private static Decision AsLeader(LocalState local, HaSettings settings, LeaseState.Held held)
    {
        var stopBy = LeaseBudget.StopBy(held, settings);
        var failsafe = settings.FailsafeMode ? " (failsafe_mode is not supported: it changes nothing here)" : "";
        if (local.Postgres.State == PostgresState.Hung)
        {
            return Decision.Because(
                "the store does not answer and PostgreSQL hangs: I stop it at once", mayLead: false,
                new HaAction.Demote(DemoteMode.Immediate));
        }

        if (local.Now >= stopBy)
        {
            return Decision.Because(
                $"the store has not answered for too long: I stop PostgreSQL before my lease ends{failsafe}",
                mayLead: false, new HaAction.Demote(DemoteMode.Offline));
        }

        var left = (stopBy - local.Now).TotalSeconds;
        return Decision.Because(
            string.Create(
                CultureInfo.InvariantCulture,
                $"the store does not answer; I lead for another {left:0.#} s on my lease{failsafe}"),
            mayLead: true) with
        { DecideAgainAt = stopBy };
    }

    private static Decision DuringOperation(LocalState local, HaSettings settings, RunningOperation operation)
    {
        if (operation.Kind is OperationKind.Demote || !OperationPolicy.MayMakePrimary(operation, local.Postgres))
        {
            return Decision.Because(
                $"the store does not answer; {OperationPolicy.Name(operation)} goes on",
                mayLead: local.HoldsLease && operation.Kind != OperationKind.Demote);
        }

        if (local.Lease is LeaseState.Held held && local.Now < LeaseBudget.StopBy(held, settings))
        {
            return Decision.Because(
                $"the store does not answer; {OperationPolicy.Name(operation)} goes on while my lease is safe",
                mayLead: true) with
            { DecideAgainAt = LeaseBudget.StopBy(held, settings) };
        }

        return OperationPolicy.HasGivenUpTheLock(local, operation)
            ? Decision.Because($"the store does not answer; {OperationPolicy.Name(operation)} ends", mayLead: false)
            : Decision.Because(
                $"the store does not answer and my lease ends: I break {OperationPolicy.Name(operation)} off",
                mayLead: false, new HaAction.Demote(DemoteMode.Immediate));
    }
}
