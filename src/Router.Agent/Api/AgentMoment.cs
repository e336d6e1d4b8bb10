using Router.Cluster;
using Router.Cluster.Local;

namespace Router.Agent.Api;

/// <summary>
/// One request's reading of the agent: the snapshot, the lease and the clock, taken once. That the clock is read for
/// each request is what ends <c>/primary</c> when the cycle and the renewal stand still.
/// </summary>
internal sealed record AgentMoment(AgentSnapshot Snapshot, LeaseState Lease, BootTime Now)
{
    public static AgentMoment Of(IAgentStatus status, IBootClock clock) => new(status.Current, status.Lease, clock.Now);

    public PostgresFacts Postgres => Snapshot.Postgres;

    public ClusterView? View => Snapshot.ViewAt(Now);

    public bool IsLeader => Lease is LeaseState.Held held && Now < held.SafeUntil;

    public bool IsPaused => Snapshot.Settings.Pause;

    /// <summary>
    /// Patroni asks PostgreSQL in these states only; a positions' answer while stopping would invite a race to it.
    /// </summary>
    public bool HasPositions =>
        Postgres.State == PostgresState.Running && PublishedState.StateOf(Snapshot.Local) is "running" or "restarting" or "starting";

    /// <summary><c>unknown</c>: the postmaster runs, and did not answer what was asked.</summary>
    public string State
    {
        get
        {
            var state = PublishedState.StateOf(Snapshot.Local);
            return state == PublishedState.Running && Postgres.State != PostgresState.Running ? "unknown" : state;
        }
    }

    public string Role => PublishedState.RoleOf(Snapshot.Local, Snapshot.IsStandbyCluster && IsLeader);

    public bool IsSyncStandby => IsListedInSync(SynchronousMode.On);

    public bool IsQuorumStandby => IsListedInSync(SynchronousMode.Quorum);

    /// <summary>How far the leader is, by the store; zero: not known.</summary>
    public Lsn LeaderPosition => View?.Status.Value?.Optime ?? Lsn.Zero;

    private bool IsListedInSync(SynchronousMode mode) =>
        Role == "replica"
        && View is { } view
        && Snapshot.Settings.SynchronousMode == mode
        && view.Sync.Value is { IsActive: true } sync
        && sync.Standbys.Contains(Snapshot.Name.Value);
}
