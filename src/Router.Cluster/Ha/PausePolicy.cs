using Router.Cluster.Guarding;
using Router.Cluster.Local;

namespace Router.Cluster.Ha;

/// <summary>
/// The cluster is paused: an operator answers for every PostgreSQL. Nothing is started, stopped or promoted but on an
/// explicit request; the lock is kept, and standbys follow whoever holds it.
/// </summary>
internal static class PausePolicy
{
    public static Decision Decide(Situation situation)
    {
        if (situation.Postgres.DataDirectory != DataDirectoryState.Valid)
        {
            return situation.Leads && situation.Postgres.State == PostgresState.Stopped
                ? Release(situation, "paused, and I have no data")
                : Keep(situation, "paused; I have no data and nothing is done about it");
        }

        return situation switch
        {
            { Postgres.IsPrimary: true } => AsPrimary(situation),
            { Leads: true } => AsHolder(situation),
            { Postgres.State: PostgresState.Stopped } => Keep(situation, "paused; PostgreSQL is stopped and stays so"),
            { View.Leader.Value: { } held } => AsStandby(situation, held.Holder),
            { Postgres.State: PostgresState.Running } => WithoutLeader(situation),
            _ => Keep(situation, "paused; nothing is done"),
        };
    }

    private static Decision AsPrimary(Situation situation)
    {
        if (situation.Postgres.State != PostgresState.Running)
        {
            return Keep(situation, "paused; my PostgreSQL is not ready and nothing is done about it");
        }

        if (situation.Leads && !situation.IsLockVacant)
        {
            return SwitchoverPolicy.AsLeader(situation) ?? Lead(situation);
        }

        if (ReinstatePolicy.Applies(situation))
        {
            return ReinstatePolicy.Action(situation) is { } putBack
                ? Decision.Because(
                    "paused; the leader key is gone and my lease never lapsed: I put it back", mayLead: true, putBack)
                : Keep(situation, "paused; the leader key is gone and cannot be put back, and I go on as primary");
        }

        if (situation.View.Leader.Value is { } held)
        {
            return held.Holder == situation.Me
                ? Keep(situation, "paused; the lock stands in my name without a lease of mine, and I go on as primary")
                : Keep(situation, $"paused; {held.Holder} holds the lock, and I go on as primary without it");
        }

        return situation.View.Leader.IsUnreadable
            ? Keep(situation, "paused; the leader key cannot be read, and I go on as primary")
            : TakeBack(situation);
    }

    private static Decision Lead(Situation situation)
    {
        var story = new Story($"paused; I lead on timeline {situation.Postgres.Timeline}");
        if (situation.LostEpoch is { } lost)
        {
            story.Note("the epoch key is lost and I write it anew");
            story.Do(lost);
        }

        if (situation.Local.Guard is GuardState.Armed && IsConfirmed(situation.View))
        {
            story.Do(new HaAction.DisarmGuard(DisarmReason.Paused));
        }

        SyncPolicy.Maintain(situation, story);
        HistoryPolicy.Maintain(situation, story);
        StatusPolicy.Maintain(situation, story);
        SlotPolicy.Maintain(situation, story);
        return story.End(mayLead: true);
    }

    /// <summary>
    /// The lock ran out while nobody could act on it. A primary of the cluster with no later timeline recorded, and no
    /// other primary among those who answer, takes it again without a stop: that is what the pause is for.
    /// </summary>
    private static Decision TakeBack(Situation situation)
    {
        if (LeaderRace.Obstacle(situation) is { } obstacle)
        {
            return Keep(situation, $"paused; no leader, and I go on as primary without the lock: {obstacle}");
        }

        if (situation.Local.Peers is not { } peers)
        {
            return Situation.AskPeers("paused; no leader, and I run as primary", mayLead: false);
        }

        if (situation.SilentPausedLeader is { } silent)
        {
            return Keep(situation, $"paused; no leader, and I go on as primary without the lock: {silent} does not answer");
        }

        return peers.FirstOrDefault(
                peer => peer is { IsRunning: true, IsInRecovery: false }
                    || peer.Timeline > situation.Postgres.Timeline) is { } other
            ? Keep(situation, $"paused; no leader, but {other.Name} is primary or on a later timeline")
            : Decision.Because(
                "paused; no leader, and I run as primary: I take the lock", mayLead: true,
                new HaAction.AcquireLeaderLock(
                    AcquireBasis.Of(situation.View), situation.Postgres.Timeline, IsOpened: true));
    }

    private static Decision AsHolder(Situation situation) => situation switch
    {
        { Postgres.IsRunningStandby: true, Request: { IsSwitchover: false } request }
            when request.Candidate == situation.Me && !situation.View.Sync.IsUnreadable =>
            Decision.Because(
                "paused; a failover asks for me: I promote PostgreSQL", mayLead: true, [.. PromotePlan.Of(situation)]),
        { Postgres.IsRunningStandby: true, Local.PromotionFailedAt: not null } =>
            Keep(situation, "paused; my promotion failed and may still come true, so I keep the lock"),
        { Postgres: { IsRunningStandby: true } or { State: PostgresState.Stopped } } =>
            Release(situation, "paused, and PostgreSQL is not running as primary"),
        _ => Keep(situation, "paused; my PostgreSQL is not ready and nothing is done about it"),
    };

    private static Decision AsStandby(Situation situation, MemberName leader)
    {
        if (situation.Postgres.State != PostgresState.Running || leader == situation.Me)
        {
            return Keep(situation, $"paused; {leader} holds the lock and nothing is done");
        }

        var target = FollowPolicy.Wanted(situation, out var isKnown);
        return !isKnown || FollowPolicy.IsSame(situation.Postgres.Following, target)
            ? Keep(situation, $"paused; {leader} leads")
            : Decision.Because(
                $"paused; {leader} leads, following {(target is null ? "nobody" : target.Member)} from now on",
                mayLead: false, new HaAction.Follow(target)).After(situation.StandDown);
    }

    private static Decision WithoutLeader(Situation situation)
    {
        if (situation.View.Leader.IsUnreadable || situation.Request?.Candidate != situation.Me
            || situation.Request.ScheduledAt is not null)
        {
            return Keep(situation, "paused; no leader, and nobody is promoted");
        }

        return LeaderRace.Obstacle(situation) is { } obstacle
            ? Keep(situation, $"paused; I was asked to lead, but {obstacle}")
            : situation.Local.Peers is not { } peers
                ? Situation.AskPeers("paused; I was asked to lead", mayLead: false)
                : situation.SilentPausedLeader is { } silent
                ? Keep(situation, $"paused; I was asked to lead, but {silent} does not answer and may run as primary")
                : peers.FirstOrDefault(peer => peer is { IsRunning: true, IsInRecovery: false }) is { } alive
                    ? Keep(situation, $"paused; I was asked to lead, but {alive.Name} still runs as primary")
                    : LeaderRace.Acquire(situation, "paused; no leader, and I was asked for: I promote PostgreSQL");
    }

    private static Decision Release(Situation situation, string reason) =>
        Decision.Because($"{reason}: I release the leader lock", mayLead: false, new HaAction.ReleaseLeaderLock())
            .After(situation.StandDown);

    private static Decision Keep(Situation situation, string sentence) =>
        situation.Wait(sentence, situation.Local.HoldsLease && !situation.IsSuperseded);

    private static bool IsConfirmed(ClusterView view) => view.Members.All(member => member.Pause);
}
