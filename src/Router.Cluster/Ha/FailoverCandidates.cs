using Router.Cluster.Local;

namespace Router.Cluster.Ha;

/// <summary>Which members could take over from this leader now, the best first.</summary>
internal static class FailoverCandidates
{
    /// <summary>Asked peers are needed; <paramref name="request"/> narrows the choice.</summary>
    public static EquatableList<MemberName> Of(Situation situation, FailoverRequest? request = null)
    {
        var peers = situation.Local.Peers ?? [];
        return peers
            .Where(peer => WhyNot(situation, request, peer) is null)
            .OrderByDescending(peer => peer.Position.Value)
            .ThenByDescending(peer => peer.Tags.FailoverPriority)
            .ThenBy(peer => peer.Name.Value, StringComparer.Ordinal)
            .Select(peer => peer.Name)
            .ToEquatableList();
    }

    /// <summary>Why <paramref name="peer"/> cannot take over; null where it can.</summary>
    public static string? WhyNot(Situation situation, FailoverRequest? request, PeerReport peer)
    {
        var isManual = request is { IsSwitchover: false };
        var lag = LeaderPosition(situation).LagBytes(peer.Position);
        return peer switch
        {
            _ when peer.Name == situation.Me => "it is the leader",
            _ when situation.View.Find(peer.Name) is null => $"{peer.Name} is not in the store",
            _ when request?.Candidate is { } named && named != peer.Name => $"{peer.Name} is not the one asked for",
            { Tags.MayFailover: false } => $"{peer.Name} may not lead",
            { IsRunning: false } => $"{peer.Name} tells no WAL position",
            { IsInRecovery: false } => $"{peer.Name} is not in recovery",
            { WatchdogFailed: true } => $"{peer.Name} has no guard",
            _ when !isManual && situation.IsSyncActive && !situation.View.Sync.Value!.MayBePromoted(peer.Name) =>
                $"{peer.Name} is no synchronous standby",
            _ when !isManual && situation.OnlyOneWithAllCommits is not null =>
                $"the sync key does not say that {peer.Name} is synchronous",
            _ when lag > situation.Settings.MaximumLagOnFailoverBytes => $"{peer.Name} is {lag} bytes behind",
            _ when peer.Timeline < situation.View.HighestRecordedTimeline
                && (peer.Timeline.IsKnown || situation.Settings.CheckTimeline) =>
                $"{peer.Name} is on timeline {peer.Timeline}",
            _ => null,
        };
    }

    private static Lsn LeaderPosition(Situation situation) =>
        situation.Postgres is { State: PostgresState.Running, IsInRecovery: false } running
            ? running.FlushLsn
            : situation.View.Status.Value?.Optime ?? Lsn.Zero;
}
