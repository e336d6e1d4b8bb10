using Router.Cluster;
using Router.Cluster.Local;

namespace Router.Postgres;

/// <summary>
/// The local PostgreSQL server. Probing never throws and never blocks longer than its bound; everything that changes
/// the instance answers an <see cref="InstanceResult"/>. Not thread safe but for <see cref="ProbeAsync"/>: the agent
/// runs one changing operation at a time.
/// </summary>
public interface IPostgresInstance : IAsyncDisposable
{
    /// <summary>Looks at directory, processes and, over its reserved connection, the server.</summary>
    Task<PostgresFacts> ProbeAsync(CancellationToken aborted);

    /// <summary>Completes when the postmaster that runs now has exited; at once where none runs.</summary>
    Task WaitForExitAsync(CancellationToken aborted);

    /// <summary>
    /// Makes a new cluster (initdb with checksums as configured), starts it without listening to clients until users
    /// and passwords are set, and leaves it running as primary.
    /// </summary>
    Task<InstanceResult> BootstrapAsync(CancellationToken aborted);

    /// <summary>pg_basebackup from a member into an empty or incomplete directory; leaves it stopped, ready to follow.</summary>
    Task<InstanceResult> CloneAsync(FollowTarget source, CancellationToken aborted);

    /// <summary>Starts as primary: no standby.signal. The caller has armed the guard.</summary>
    Task<InstanceResult> StartAsPrimaryAsync(CancellationToken aborted);

    /// <summary>Starts as a standby that follows <paramref name="target"/>, or nobody.</summary>
    Task<InstanceResult> StartAsStandbyAsync(FollowTarget? target, CancellationToken aborted);

    /// <summary>Changes primary_conninfo and primary_slot_name of a running standby and reloads.</summary>
    Task<InstanceResult> FollowAsync(FollowTarget? target, CancellationToken aborted);

    /// <summary>
    /// pg_promote, and waits until the server is out of recovery.
    /// </summary>
    Task<InstanceResult> PromoteAsync(CancellationToken aborted);

    /// <summary>Stops; see <see cref="StopMode"/>. A bound that passes is a failure; nothing escalates by itself.</summary>
    Task<InstanceResult> StopAsync(StopMode mode, TimeSpan bound, CancellationToken aborted);

    /// <summary>
    /// Kills every process of the instance at once (rule S16); never waits for PostgreSQL. Used where leadership is
    /// lost.
    /// </summary>
    Task<InstanceResult> FenceAsync(CancellationToken aborted);

    /// <summary>CHECKPOINT, to shorten what comes.</summary>
    Task<InstanceResult> CheckpointAsync(CancellationToken aborted);

    /// <summary>
    /// Compares the stopped instance's history with the leader's (replication commands IDENTIFY_SYSTEM and
    /// TIMELINE_HISTORY).
    /// </summary>
    Task<HistoryComparison> CompareHistoryAsync(FollowTarget leader, CancellationToken aborted);

    /// <summary>pg_rewind of the stopped instance; a failure half way leaves the directory marked incomplete.</summary>
    Task<InstanceResult> RewindAsync(FollowTarget leader, CancellationToken aborted);

    /// <summary>Renames the data directory out of the way; nothing is deleted. Answers the new name as reason.</summary>
    Task<InstanceResult> SetDataAsideAsync(CancellationToken aborted);

    /// <summary>Sets synchronous_standby_names and reloads; answers after the new value is in effect.</summary>
    Task<InstanceResult> SetSynchronousNamesAsync(string value, CancellationToken aborted);

    Task<InstanceResult> ReconcileSlotsAsync(
        IReadOnlyList<string> create, IReadOnlyList<string> drop, CancellationToken aborted);

    /// <summary>
    /// Applies the cluster's settings: rewrites the configuration files and reloads where something changed. What needs
    /// a restart shows as <see cref="PostgresFacts.PendingRestart"/>.
    /// </summary>
    /// <param name="dynamicConfigJson">The <c>config</c> key's document.</param>
    Task<InstanceResult> ConfigureAsync(string dynamicConfigJson, CancellationToken aborted);

    /// <summary>Stops fast and starts in the same role.</summary>
    Task<InstanceResult> RestartAsync(CancellationToken aborted);

    /// <summary>The rows of the local timeline history files, oldest first.</summary>
    Task<ClusterHistory> ReadHistoryAsync(CancellationToken aborted);
}
