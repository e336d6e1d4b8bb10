using Router.Cluster.Local;

namespace Router.Agent.Api;

/// <summary>
/// The words of Patroni for what an instance does: <c>state</c> and <c>role</c> of the member key and of the REST API
/// (dcs-layout 2.2).
/// </summary>
public static class PublishedState
{
    public const string Running = "running";

    /// <summary>Every state; the place is its number in <c>patroni_postgres_state</c>.</summary>
    public static readonly IReadOnlyList<string> States =
    [
        "initializing new cluster", "initdb failed", "running custom bootstrap script", "custom bootstrap failed",
        "creating replica", Running, "starting", "starting after custom bootstrap", "start failed", "restarting",
        "restart failed", "stopping", "stopped", "stop failed", "crashed",
    ];

    public static string StateOf(LocalState local) => local.Operation?.Kind switch
    {
        OperationKind.Bootstrap => "initializing new cluster",
        OperationKind.Clone or OperationKind.Reinitialize => "creating replica",
        OperationKind.Restart => "restarting",
        OperationKind.Demote or OperationKind.HandOver when local.Postgres.State != PostgresState.Stopped => "stopping",
        OperationKind.Start or OperationKind.Rejoin when local.Postgres.State != PostgresState.Running => "starting",
        _ => StateAtRest(local),
    };

    /// <param name="local">The facts.</param>
    /// <param name="isStandbyLeader">It leads a standby cluster: in recovery, and the holder of the lock.</param>
    public static string RoleOf(LocalState local, bool isStandbyLeader = false)
    {
        var postgres = local.Postgres;
        if (postgres.DataDirectory != DataDirectoryState.Valid)
        {
            return "uninitialized";
        }

        if (postgres.State == PostgresState.Running ? postgres.IsInRecovery : postgres.HasStandbySignal)
        {
            return isStandbyLeader ? "standby_leader" : "replica";
        }

        return postgres.State == PostgresState.Stopped && WasDemoted(local) ? "demoted" : "primary";
    }

    private static string StateAtRest(LocalState local) => local.Postgres.State switch
    {
        PostgresState.Starting => "starting",
        PostgresState.Stopping => "stopping",
        PostgresState.Stopped => StoppedState(local),
        // An error in answer is life, and a hang is for the policy to act on: the postmaster runs (rule S11).
        _ => Running,
    };

    private static string StoppedState(LocalState local) => local.LastOperation switch
    {
        { IsSuccess: false, Kind: OperationKind.Bootstrap } => "initdb failed",
        { IsSuccess: false, Kind: OperationKind.Start or OperationKind.Rejoin } => "start failed",
        { IsSuccess: false, Kind: OperationKind.Restart } => "restart failed",
        _ => local.Postgres.Control is { State: "in production" or "in archive recovery" } && !WasDemoted(local)
            ? "crashed"
            : "stopped",
    };

    private static bool WasDemoted(LocalState local) =>
        local.Operation?.Kind is OperationKind.Demote or OperationKind.HandOver or OperationKind.Rejoin
        || local.LastOperation?.Kind is OperationKind.Demote or OperationKind.HandOver;
}
