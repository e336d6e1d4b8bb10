using Router.Cluster.Local;

namespace Router.Cluster.Ha;

/// <summary>Another member holds the lock: do I follow it?</summary>
internal static class ReplicaPolicy
{
    public static Decision Decide(Situation situation)
    {
        if (situation.View.Leader.Value is not { } held)
        {
            return WithUnreadableLock(situation);
        }

        if (situation.Postgres.IsPrimary)
        {
            return AsPrimary(situation, held.Holder);
        }

        return situation.Postgres.State switch
        {
            PostgresState.Running => AsStandby(situation, held.Holder),
            PostgresState.Starting => situation.Wait($"{held.Holder} leads; my PostgreSQL starts"),
            PostgresState.Stopping => situation.Wait($"{held.Holder} leads; my PostgreSQL stops"),
            PostgresState.Hung => situation.Wait($"{held.Holder} leads; my PostgreSQL does not answer"),
            _ => situation.Wait($"{held.Holder} leads; my PostgreSQL refuses sessions"),
        };
    }

    /// <summary>
    /// A lock in another's name takes the instance down, with one exception: a restored store may name a leader of the
    /// past. Nobody can have acquired in it before every lease of the former history has run out, so that a lease
    /// which is still safe is still good.
    /// </summary>
    private static Decision AsPrimary(Situation situation, MemberName holder) =>
        situation.Local is { IsIncarnationSettled: false, Lease: LeaseState.Held held, HoldsLease: true }
        && !situation.IsSuperseded
            ? LeaderPolicy.UntilLeaseEnds(situation, held, $"the store went back in time and names {holder}")
            : Situation.Fence($"{holder} holds the leader lock: I stop PostgreSQL at once");

    private static Decision WithUnreadableLock(Situation situation) => situation switch
    {
        { Postgres.IsPrimary: false } => situation.Wait("the leader key cannot be read; I wait"),
        { Local: { Lease: LeaseState.Held held, HoldsLease: true } } =>
            LeaderPolicy.UntilLeaseEnds(situation, held, "the leader key cannot be read"),
        _ => Situation.Fence("the leader key cannot be read and I hold no lease: I stop PostgreSQL at once"),
    };

    private static Decision AsStandby(Situation situation, MemberName leader)
    {
        var target = FollowPolicy.Wanted(situation, out var isKnown);
        if (situation.Local.RequestedOperation is { } requested && Requested(situation, requested) is { } asked)
        {
            return asked;
        }

        // A restored store may name a leader of the past: nobody is stopped or led astray for it (safety.md S9).
        if (!situation.Local.IsIncarnationSettled && !FollowPolicy.IsSame(situation.Postgres.Following, target))
        {
            return situation.Wait($"the store went back in time and names {leader}; I stay as I am until that is settled");
        }

        if (situation.Local.IsIncarnationSettled && HasParted(situation) is { } parting && FollowPolicy.Leader(situation) is { } source)
        {
            return situation.HasJustFailed(OperationKind.Rejoin)
                ? situation.Wait($"{leader} leads; {parting}; the last try failed: {situation.Local.LastOperation!.Reason}")
                : Decision.Because(
                    $"{leader} leads; {parting}: I bring my PostgreSQL back behind it", mayLead: false,
                    new HaAction.Rejoin(source)).After(situation.StandDown);
        }

        if (!isKnown)
        {
            return situation.Wait($"{leader} leads; its address is not known yet");
        }

        return FollowPolicy.IsSame(situation.Postgres.Following, target)
            ? Steady(situation, leader, target)
            : Decision.Because(
                $"{leader} leads; following {(target is null ? "nobody" : target.Member)} from now on", mayLead: false,
                new HaAction.Follow(target)).After(situation.StandDown);
    }

    private static Decision Steady(Situation situation, MemberName leader, FollowTarget? target)
    {
        var sentence = target switch
        {
            null => $"{leader} leads; I follow nobody",
            _ when target.Member == leader => $"{leader} leads; following it",
            _ => $"{leader} leads; following {target.Member}",
        };
        return SlotPolicy.Reconcile(situation) is { } slots
            ? Decision.Because(sentence, mayLead: false, slots).After(situation.StandDown)
            : situation.Wait(sentence);
    }

    private static Decision? Requested(Situation situation, OperationKind requested) => requested switch
    {
        _ when LeavesSyncUntil(situation) is { } until =>
            situation.Wait("an operator asked for a restart or a new copy; I leave the sync key first")
                with
            { DecideAgainAt = until, KeepsRequest = true },
        OperationKind.Restart =>
            Decision.Because("an operator asked for a restart", mayLead: false, new HaAction.Restart())
                .After(situation.StandDown),
        OperationKind.Reinitialize when FollowPolicy.Leader(situation) is { } source =>
            Decision.Because(
                $"an operator asked for a new copy from {source.Member}", mayLead: false,
                new HaAction.Reinitialize(source)).After(situation.StandDown),
        _ => null,
    };

    /// <summary>
    /// Commits wait for a synchronous standby: before it stops by intention the leader takes it out of the sync key, which it
    /// asks for by its tags (synchronous.md 3). A leader that does not answer in time is not waited for.
    /// </summary>
    private static BootTime? LeavesSyncUntil(Situation situation) =>
        situation.View.Sync.Value is { IsActive: true } sync && sync.Standbys.Contains(situation.Me.Value)
        && situation.Local.RequestedSince is { } since
        && since + (2 * situation.Settings.LoopWait) is var until && situation.Local.Now < until
            ? until
            : null;

    /// <summary>
    /// A standby that has replayed past the point where the leader's timeline left its own can never stream from it.
    /// </summary>
    private static string? HasParted(Situation situation)
    {
        var mine = situation.Postgres.Timeline;
        if (situation.Postgres.ReplicationState == "streaming" || !mine.IsKnown
            || situation.View.LeaderMember is not { Role: MemberRole.Primary, IsRunning: true } leader)
        {
            return null;
        }

        if (leader.Timeline.IsKnown && mine > leader.Timeline)
        {
            return $"I am on timeline {mine}, which is not part of its history";
        }

        var left = situation.View.History.Value?.Lines.FirstOrDefault(line => line.Timeline == mine);
        return left is not null && mine < leader.Timeline && situation.Postgres.ReplayLsn > left.SwitchPoint
            ? $"I went on to {situation.Postgres.ReplayLsn} where timeline {mine} ended at {left.SwitchPoint}"
            : null;
    }
}
