using Router.Cluster.Local;

namespace Router.Cluster.Ha;

/// <summary>Nobody holds the lock: may I take it?</summary>
internal static class LeaderRace
{
    private static readonly TimeSpan TieBreakMax = TimeSpan.FromSeconds(2);

    public static Decision Decide(Situation situation)
    {
        if (situation.Postgres.IsPrimary)
        {
            return FormerPrimary(situation);
        }

        if (Obstacle(situation) is { } obstacle)
        {
            return situation.Wait($"no leader; {obstacle}");
        }

        if (situation is { Request: not null, Local.Peers: null })
        {
            return Situation.AskPeers("no leader, and a candidate was asked for", mayLead: false);
        }

        var nomination = SwitchoverPolicy.AsCandidate(situation);
        if (nomination.Obstacle is { } waits)
        {
            return situation.Wait($"no leader; {waits}") with { DecideAgainAt = nomination.Until };
        }

        if (!nomination.IsForMe && Lag(situation) is { } lag)
        {
            return situation.Wait($"no leader; {lag}");
        }

        return situation.Local.Peers is { } peers
            ? Compare(situation, nomination, peers)
            : Situation.AskPeers("no leader", mayLead: false);
    }

    /// <summary>The plan of a winner: the lock first, then the promotion.</summary>
    public static Decision Acquire(Situation situation, string sentence)
    {
        var actions = new List<HaAction>
        {
            new HaAction.AcquireLeaderLock(AcquireBasis.Of(situation.View), situation.Postgres.Timeline.Next),
        };
        if (situation.View.Initialize.IsAbsent && situation.Postgres.Identifier is { } identifier)
        {
            actions.Add(new HaAction.WriteInitialize(identifier, Revision.Absent));
        }

        if (situation.Request is not null)
        {
            actions.Add(new HaAction.ClearFailover(situation.View.Failover.ModRevision));
        }

        return Decision.Because(sentence, mayLead: true, [.. actions, .. PromotePlan.Of(situation)]);
    }

    /// <summary>What keeps this member from any race, whoever else is there; null where nothing does.</summary>
    public static string? Obstacle(Situation situation) => situation switch
    {
        { Postgres.State: not PostgresState.Running } => $"my PostgreSQL is {Word(situation.Postgres)}",
        { Local.Tags.MayFailover: false } => "my tags say that I never lead",
        { Local.IsIncarnationSettled: false } => "the store went back in time; I wait for a leader of before",
        { Local.HasStoreForgotten: true } => "the store lost its records; I wait for a leader of before",
        { LacksRequiredGuard: true } => "no guard answers and one is required",
        { Postgres.Timeline.IsKnown: false } => "my timeline is not known",
        { View.Initialize.IsUnreadable: true } => "the initialize key cannot be read",
        { View.Initialize.Value: { Identifier: null } } => "another member makes the cluster",
        { View.Epoch.IsUnreadable: true } => "the epoch key cannot be read",
        { View.History.IsUnreadable: true } => "the history key cannot be read",
        { View.Sync.IsUnreadable: true } => "the sync key cannot be read, so nobody may race",
        { View.Failover.IsUnreadable: true } => "the failover key cannot be read",
        _ when situation.Local.PromotionFailedAt is { } failed
            && situation.Local.Now < failed + situation.Settings.Ttl =>
            "my promotion failed a moment ago; I let others go first",
        _ when situation.Settings.FailsafeMode && situation.View.Failsafe.Value is { ApiUrls.IsEmpty: false } failsafe
            && !failsafe.ApiUrls.ContainsKey(situation.Me.Value) => "the failsafe key does not name me",
        _ => MayNotLose(situation),
    };

    private static string? MayNotLose(Situation situation)
    {
        var isManualForMe = situation.Request is { IsSwitchover: false } request && request.Candidate == situation.Me;
        if (isManualForMe)
        {
            return null;
        }

        if (situation.View.Sync.Value is { IsActive: true } sync && !sync.MayBePromoted(situation.Me))
        {
            return $"I am not in the sync key, {sync.Leader} and its synchronous standbys are";
        }

        if (situation.OnlyOneWithAllCommits is { } last && last != situation.Me)
        {
            return $"the sync key is gone and only {last}, who led last, has every commit for certain; "
                + "I wait for it or a manual failover";
        }

        return situation.IsBehindRecords
            ? $"timeline {situation.View.HighestRecordedTimeline} is recorded and I am on {situation.Postgres.Timeline}"
            : null;
    }

    private static Decision FormerPrimary(Situation situation) => situation switch
    {
        { Local.HasLapsed: true } =>
            Situation.Fence("my lease has run out: I stop PostgreSQL at once and race as a former primary"),
        { View.IsEmpty: true } => Decision.Because(
            "PostgreSQL runs as primary and the store is empty: I stop it and race for the lock", mayLead: false,
            new HaAction.Demote(DemoteMode.Offline)),
        _ => Situation.Fence("PostgreSQL runs as primary without the leader lock: I stop it at once"),
    };

    private static string? Lag(Situation situation)
    {
        var optime = situation.View.Status.Value?.Optime ?? Lsn.Zero;
        var lag = optime.LagBytes(situation.Postgres.Position);
        return lag > situation.Settings.MaximumLagOnFailoverBytes
            ? $"I am {lag} bytes behind the last leader, more than maximum_lag_on_failover"
            : null;
    }

    private static Decision Compare(Situation situation, Nomination nomination, EquatableList<PeerReport> peers)
    {
        if (peers.FirstOrDefault(peer => peer is { IsRunning: true, IsInRecovery: false }) is { } alive)
        {
            return situation.Wait($"no leader; {alive.Name} still runs as primary, I wait");
        }

        if (situation.SilentPausedLeader is { } unaware)
        {
            return situation.Wait(
                $"no leader; {unaware} paused when it was last seen and does not answer: it may run on as primary, "
                + "I wait for it or a manual failover");
        }

        if (SilentLeader(situation, peers) is { } silent)
        {
            return situation.Wait(
                $"no leader; {silent} led last and does not say that it stopped, I wait until its lease has run out")
                with
            { DecideAgainAt = LastLeaseEnd(situation) };
        }

        if (nomination.IsForMe)
        {
            return Acquire(situation, nomination.Sentence!);
        }

        var rivals = peers.Where(peer => IsRival(situation, peer)).ToList();
        if (rivals.FirstOrDefault(peer => IsAhead(situation, peer)) is { } ahead)
        {
            return situation.Wait($"no leader; {ahead.Name} is ahead of me, I wait");
        }

        var equal = rivals.Where(peer => IsEqual(situation, peer)).ToList();
        if (equal.FirstOrDefault(peer => peer.Tags.FailoverPriority > situation.Local.Tags.FailoverPriority) is { } first)
        {
            return situation.Wait($"no leader; {first.Name} has the higher failover_priority, I wait");
        }

        return TieBreak(situation, equal)
            ?? Acquire(situation, "no leader, and nobody is ahead of me: I take the lock and promote PostgreSQL");
    }

    /// <summary>
    /// A key can vanish before its lease has run out: somebody deletes it, or the store revokes the lease. Its holder
    /// puts it back or stops, but one that is frozen knows nothing and may take writes until its guard's deadline. Its
    /// member key is renewed just before the lock is acquired and before each renewal, so that it stands at least as long.
    /// It need not say primary yet: a promotion is over before the key tells.
    /// </summary>
    private static MemberName? SilentLeader(Situation situation, EquatableList<PeerReport> peers) =>
        situation.View.Epoch.Value is { Holder: var holder } && holder != situation.Me
        && situation.View.Find(holder) is { Role: MemberRole.Primary } or { IsRunning: true }
        && !peers.Any(peer => peer.Name == holder && peer.IsNoPrimary)
        && situation.Local.Now < LastLeaseEnd(situation)
            ? holder
            : null;

    private static BootTime LastLeaseEnd(Situation situation) =>
        (situation.Local.UnlockedSince ?? situation.Local.Now) + situation.Settings.Ttl;

    /// <summary>
    /// Of equals the first name goes first. The acquire transaction lets only one win anyway; this saves the others the
    /// attempt, and a first that does not come keeps them waiting for a moment only.
    /// </summary>
    private static Decision? TieBreak(Situation situation, List<PeerReport> equal)
    {
        var first = equal
            .Where(peer => peer.Tags.FailoverPriority == situation.Local.Tags.FailoverPriority
                && string.CompareOrdinal(peer.Name.Value, situation.Me.Value) < 0)
            .MinBy(peer => peer.Name.Value, StringComparer.Ordinal);
        var wait = situation.Settings.LoopWait < TieBreakMax ? situation.Settings.LoopWait : TieBreakMax;
        var until = (situation.Local.UnlockedSince ?? situation.Local.Now) + wait;
        return first is not null && situation.Local.Now < until
            ? situation.Wait($"no leader; {first.Name} is as far as I am and goes first") with { DecideAgainAt = until }
            : null;
    }

    /// <summary>
    /// Who could win in my place. The last synchronous leader may be ahead by commits nobody was told of; whoever is
    /// below a recorded timeline may be ahead of one whose own promotion to it never opened, and cannot win.
    /// </summary>
    private static bool IsRival(Situation situation, PeerReport peer) =>
        peer is { IsRunning: true, Tags.MayFailover: true, WatchdogFailed: false }
        && peer.Name != situation.Me
        && !(peer.Timeline.IsKnown && peer.Timeline < situation.View.HighestRecordedTimeline)
        && !(situation.Request is { IsSwitchover: true } request && request.Leader == peer.Name)
        && (situation.OnlyOneWithAllCommits is not { } last || last == peer.Name)
        && (situation.View.Sync.Value is not { IsActive: true } sync
            || (sync.MayBePromoted(peer.Name) && !sync.Leader!.Value.MatchesStandbyName(peer.Name)));

    private static bool IsAhead(Situation situation, PeerReport peer) =>
        peer.Timeline > situation.Postgres.Timeline
        || ((!peer.Timeline.IsKnown || peer.Timeline == situation.Postgres.Timeline)
            && peer.Position > situation.Postgres.Position);

    private static bool IsEqual(Situation situation, PeerReport peer) =>
        (!peer.Timeline.IsKnown || peer.Timeline == situation.Postgres.Timeline)
        && peer.Position == situation.Postgres.Position;

    private static string Word(PostgresFacts postgres) => postgres.State switch
    {
        PostgresState.Starting => "starting",
        PostgresState.Stopping => "stopping",
        PostgresState.Stopped => "stopped",
        PostgresState.Hung => "not answering",
        _ => postgres.Refusal is { } refusal ? $"refusing my sessions, {refusal}" : "refusing sessions",
    };
}
