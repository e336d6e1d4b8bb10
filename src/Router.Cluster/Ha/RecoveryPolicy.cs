using Router.Cluster.Guarding;
using Router.Cluster.Local;

namespace Router.Cluster.Ha;

/// <summary>PostgreSQL is stopped: as what does it start again?</summary>
internal static class RecoveryPolicy
{
    public static Decision Decide(Situation situation)
    {
        if (situation.Leads)
        {
            return situation.Postgres.HasStandbySignal ? GiveUpPromotion(situation) : RestartLeader(situation);
        }

        return situation.View.Leader.Value is { } held && held.Holder != situation.Me
            ? Return(situation, held.Holder)
            : StartToRace(situation);
    }

    /// <summary>primary_start_timeout has passed since the instance was last seen running.</summary>
    public static bool IsStartOverdue(Situation situation) =>
        situation.Settings.PrimaryStartTimeout == TimeSpan.Zero
        || (situation.Local.CrashedSince is { } since
            && situation.Local.Now >= since + situation.Settings.PrimaryStartTimeout);

    /// <summary>
    /// The leader's instance does not come up in time. With somebody to take over it is stopped and the lock released;
    /// with nobody it goes on trying.
    /// </summary>
    public static Decision GiveUpStart(Situation situation, string what)
    {
        if (situation.Local.Peers is null)
        {
            return Situation.AskPeers($"{what} takes longer than primary_start_timeout", mayLead: true);
        }

        var candidates = FailoverCandidates.Of(situation);
        return candidates.Count == 0
            ? Decision.Because($"{what} takes long, and nobody can take over: I go on", mayLead: true)
            : Situation.Fence($"{what} takes longer than primary_start_timeout and {candidates[0]} can lead: I stop");
    }

    private static Decision RestartLeader(Situation situation)
    {
        if (situation.LacksRequiredGuard)
        {
            return Release(situation, "PostgreSQL is stopped and no guard answers");
        }

        if (situation.Local.Guard is GuardState.Fired)
        {
            return Release(situation, "the guard has fenced PostgreSQL");
        }

        if (situation.Local.Lease is LeaseState.Held held
            && situation.Local.Now >= LeaseBudget.StopBy(held, situation.Settings))
        {
            return Decision.Because(
                "PostgreSQL is stopped and my lease ends: I wait for a renewal before I start it", mayLead: true);
        }

        if (!IsStartOverdue(situation) && !HasGivenUp(situation) && !HasFailedToStart(situation))
        {
            return Start(situation, "I lead and PostgreSQL is stopped: I start it again as primary");
        }

        if (situation.Local.Peers is null)
        {
            return Situation.AskPeers("PostgreSQL is stopped and others may lead", mayLead: true);
        }

        var candidates = FailoverCandidates.Of(situation);
        return candidates.Count == 0
            ? Start(situation, "PostgreSQL is stopped and nobody can take over: I start it again as primary")
            : Release(situation, $"PostgreSQL is stopped and {candidates[0]} can lead");
    }

    /// <summary>It was stopped by a decision: others go first, for what made it hang may do so again.</summary>
    private static bool HasGivenUp(Situation situation) => situation.Local.LastOperation?.Kind == OperationKind.Demote;

    /// <summary>A full disk stays full: whoever can lead does not wait for primary_start_timeout, as with Patroni.</summary>
    private static bool HasFailedToStart(Situation situation) =>
        situation.Local.LastOperation is { Kind: OperationKind.StartAsPrimary, IsSuccess: false };

    private static Decision Start(Situation situation, string sentence) =>
        situation.HasJustFailed(OperationKind.StartAsPrimary)
            ? Decision.Because(
                $"I lead and PostgreSQL is stopped; the last start failed: {situation.Local.LastOperation!.Reason}",
                mayLead: true)
            : Decision.Because(sentence, mayLead: true, new HaAction.ArmGuard(), new HaAction.StartAsPrimary());

    /// <summary>Stopped with standby.signal: what this leader began to promote never took a write.</summary>
    private static Decision GiveUpPromotion(Situation situation)
    {
        var release = Release(situation, "PostgreSQL stopped before it was promoted");
        return situation.Local.Lease is LeaseState.Held { IsEpochOpened: true }
            && situation.View.Epoch.Value is { } epoch && epoch.Holder == situation.Me
            ? release.After(new HaAction.WithdrawEpoch(epoch.Timeline))
            : release;
    }

    private static Decision Release(Situation situation, string reason) =>
        Decision.Because(
            $"{reason}: I release the leader lock", mayLead: false, new HaAction.ReleaseLeaderLock())
        .After(situation.StandDown);

    private static Decision Return(Situation situation, MemberName leader)
    {
        if (situation.HasJustFailed(OperationKind.Rejoin) || situation.HasJustFailed(OperationKind.Start))
        {
            return situation.Wait(
                $"{leader} leads; I could not come back behind it and wait: {situation.Local.LastOperation!.Reason}");
        }

        if (!situation.Local.IsIncarnationSettled)
        {
            return Stand(
                situation, null,
                $"the store went back in time and names {leader}; I start as a standby and show how far I am");
        }

        if (situation.Local.Tags.NoStream)
        {
            return Stand(situation, null, $"{leader} leads; I start as a standby that does not stream");
        }

        return FollowPolicy.Leader(situation) is { } target
            ? Decision.Because(
                $"{leader} leads and PostgreSQL is stopped: I bring it back behind {leader}", mayLead: false,
                new HaAction.Rejoin(target)).After(situation.StandDown)
            : Stand(situation, null, $"{leader} leads but its address is not known; I start as a standby and wait");
    }

    /// <summary>
    /// Without a leader a stopped member starts as a standby of nobody: it may hold the best data, or be the only one
    /// that may lead (its own crash included), and only a running instance can show its position.
    /// </summary>
    private static Decision StartToRace(Situation situation)
    {
        if (situation.HasJustFailed(OperationKind.Start))
        {
            return situation.Wait(
                $"nobody leads; PostgreSQL did not start and I wait: {situation.Local.LastOperation!.Reason}");
        }

        return situation.IsLockMine
            ? Stand(situation, null, "the lock stands in my name without a lease of mine; I start as a standby")
            : Stand(situation, null, "nobody leads and PostgreSQL is stopped: I start it as a standby");
    }

    private static Decision Stand(Situation situation, FollowTarget? target, string sentence) =>
        Decision.Because(sentence, mayLead: false, new HaAction.StartAsStandby(target)).After(situation.StandDown);
}
