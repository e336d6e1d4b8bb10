namespace Router.Cluster.Local;

/// <summary>
/// What another member answered to GET /patroni just now (rest-api.md 5). A peer that did not answer is not in the list.
/// </summary>
/// <param name="IsRunning">It told a WAL position; without one it counts as unreachable.</param>
/// <param name="Position">The greater of received and replayed, or a primary's own.</param>
public sealed record PeerReport(
    MemberName Name,
    bool IsRunning,
    bool IsInRecovery,
    Lsn Position,
    Timeline Timeline,
    MemberTags Tags,
    bool WatchdogFailed)
{
    /// <summary>It said that its PostgreSQL does not run at all.</summary>
    public bool IsStopped { get; init; }

    /// <summary>
    /// Stopped or in recovery. One that hangs, starts or refuses sessions tells no position and may take writes at its
    /// next breath.
    /// </summary>
    public bool IsNoPrimary => IsStopped || IsInRecovery;
}
