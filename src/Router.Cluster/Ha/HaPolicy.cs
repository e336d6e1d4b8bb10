using Router.Cluster.Local;

namespace Router.Cluster.Ha;

/// <summary>
/// What this member does next. Pure and total: the same facts give the same decision, and no facts give none. It only
/// dispatches; each file beside it holds one question.
/// </summary>
public static class HaPolicy
{
    /// <param name="view">What the store says; null where it does not answer.</param>
    /// <param name="local">What this member knows of itself and its peers.</param>
    /// <param name="settings">The dynamic configuration: the view's, or the last one known.</param>
    public static Decision Decide(ClusterView? view, LocalState local, HaSettings settings)
    {
        if (view is null)
        {
            return DcsOutagePolicy.Decide(local, settings);
        }

        var situation = new Situation(view, local, settings);
        return local.Operation is { } operation
            ? OperationPolicy.Decide(situation, operation)
            : IdentityPolicy.Decide(situation) ?? DecideAtRest(situation);
    }

    private static Decision DecideAtRest(Situation situation) => situation switch
    {
        { Settings.Pause: true } => PausePolicy.Decide(situation),
        { Postgres.DataDirectory: not DataDirectoryState.Valid } => BootstrapPolicy.Decide(situation),
        { Postgres.State: PostgresState.Stopped } => RecoveryPolicy.Decide(situation),
        _ when ReinstatePolicy.Applies(situation) => ReinstatePolicy.Decide(situation),
        { IsLockMine: true } => LeaderPolicy.Decide(situation),
        { View.Leader.IsAbsent: true } => LeaderRace.Decide(situation),
        _ => ReplicaPolicy.Decide(situation),
    };
}
