using System.Globalization;

namespace Router.Cluster.Ha;

/// <summary>Somebody asked for a switchover or a manual failover in the <c>failover</c> key.</summary>
internal static class SwitchoverPolicy
{
    /// <summary>The leader's part: hand over, or refuse with the reason. Null: nothing is to be done now.</summary>
    public static Decision? AsLeader(Situation situation)
    {
        if (situation.Request is not { } request)
        {
            return null;
        }

        return WhyRefuse(situation, request) is { } reason
            ? Clear(situation, reason)
            : Due(situation, request);
    }

    /// <summary>
    /// A candidate's part, with nobody holding the lock. Everybody but the one asked for stands back for at most a ttl.
    /// </summary>
    public static Nomination AsCandidate(Situation situation)
    {
        if (situation.Request is not { ScheduledAt: null } request)
        {
            return Nomination.None;
        }

        if (request.Candidate == situation.Me)
        {
            return new Nomination(IsForMe: true, Sentence: CandidateSentence(situation, request));
        }

        var until = (situation.Local.UnlockedSince ?? situation.Local.Now) + situation.Settings.Ttl;
        if (situation.Local.Now >= until)
        {
            return Nomination.None;
        }

        if (request.Candidate is { } candidate)
        {
            return MayCome(situation, candidate)
                ? new Nomination(Obstacle: $"{candidate} was asked for, I leave it the lock", Until: until)
                : Nomination.None;
        }

        return request.Leader == situation.Me
            ? new Nomination(Obstacle: "I handed over and let others go first", Until: until)
            : Nomination.None;
    }

    private static string? WhyRefuse(Situation situation, FailoverRequest request)
    {
        var late = request.ScheduledAt - situation.Local.WallClock is { } left
            && -left > 1.5 * situation.Settings.LoopWait;
        return request switch
        {
            { Leader: { } leader } when leader != situation.Me => $"it names {leader} as leader, which I am",
            { Candidate: { } candidate } when candidate == situation.Me => "it asks for me, and I lead already",
            { Leader: null, Candidate: null } => "it names nobody",
            _ when late => $"its time, {request.ScheduledAt:u}, has passed",
            _ when situation.Settings.Pause && request.Candidate is null =>
                "the cluster is paused and it names no candidate",
            _ => null,
        };
    }

    private static Decision? Due(Situation situation, FailoverRequest request)
    {
        if (request.ScheduledAt is { } at && at > situation.Local.WallClock)
        {
            var left = at - situation.Local.WallClock;
            return left > situation.Settings.LoopWait || situation.Settings.Pause
                ? null
                : Decision.Because(
                    string.Create(CultureInfo.InvariantCulture, $"I lead; a switchover is due in {left.TotalSeconds:0.#} s"),
                    mayLead: true) with
                { DecideAgainAt = situation.Local.Now + left };
        }

        if (request.ScheduledAt is not null && situation.Settings.Pause)
        {
            return null;
        }

        if (situation.Local.Peers is null)
        {
            return Situation.AskPeers("I lead; a hand-over is asked for", mayLead: true);
        }

        var candidates = FailoverCandidates.Of(situation, request);
        return candidates.Count == 0
            ? Clear(situation, $"nobody can take over{Reasons(situation, request)}")
            : Decision.Because(
                $"I lead and hand over to {string.Join(" or ", candidates)}", mayLead: true,
                new HaAction.HandOver(candidates, situation.View.Failover.ModRevision));
    }

    private static string Reasons(Situation situation, FailoverRequest request)
    {
        var reasons = (situation.Local.Peers ?? [])
            .Where(peer => request.Candidate is null || request.Candidate == peer.Name)
            .Select(peer => FailoverCandidates.WhyNot(situation, request, peer))
            .ToList();
        return reasons.Count > 0 ? $" ({string.Join(", ", reasons)})"
            : request.Candidate is { } candidate ? $" ({candidate} does not answer)"
            : " (nobody answers)";
    }

    private static Decision Clear(Situation situation, string reason) =>
        Decision.Because(
            $"I lead; I refuse the request in the failover key: {reason}", mayLead: true,
            new HaAction.ClearFailover(situation.View.Failover.ModRevision));

    private static bool MayCome(Situation situation, MemberName candidate) =>
        situation.View.Find(candidate) is { Tags.MayFailover: true }
        && (situation.Local.Peers is not { } peers
            || peers.Any(peer => peer.Name == candidate
                && peer is { IsRunning: true, Tags.MayFailover: true, WatchdogFailed: false }));

    private static string CandidateSentence(Situation situation, FailoverRequest request)
    {
        var lag = (situation.View.Status.Value?.Optime ?? Lsn.Zero).LagBytes(situation.Postgres.Position);
        var timeline = situation.IsBehindRecords
            ? $", and all of timeline {situation.View.HighestRecordedTimeline}" : "";
        return request.IsSwitchover || (lag == 0 && timeline.Length == 0)
            ? "no leader, and I was asked for: I take the lock and promote PostgreSQL"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"no leader, and a manual failover asks for me: I take the lock; {lag} bytes{timeline} are lost");
    }
}
