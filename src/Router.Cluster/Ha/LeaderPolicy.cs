using System.Globalization;
using Router.Cluster.Guarding;
using Router.Cluster.Local;

namespace Router.Cluster.Ha;

/// <summary>The lock names me: may I lead, and what does a leader do?</summary>
internal static class LeaderPolicy
{
    public static Decision Decide(Situation situation)
    {
        if (!situation.Leads)
        {
            return WithoutClaim(situation);
        }

        var held = (LeaseState.Held)situation.Local.Lease;
        return situation.Postgres switch
        {
            { IsRunningStandby: true } => Promote(situation, held),
            { IsPrimary: false } => NeverPromoted(situation),
            _ when situation.Local.Guard is GuardState.Fired =>
                Situation.Fence("the guard has fenced this leadership: I stop what runs"),
            { State: PostgresState.Hung } => Situation.Fence("PostgreSQL hangs: I stop it at once so that others can lead"),
            _ when situation.Local.Now >= LeaseBudget.StopBy(held, situation.Settings) =>
                Decision.Because(
                    "my lease ends and is not renewed: I stop PostgreSQL", mayLead: false,
                    new HaAction.Demote(DemoteMode.Offline)),
            { State: PostgresState.Running } => Lead(situation, held),
            _ => AwaitInstance(situation, held),
        };
    }

    /// <summary>A primary that keeps its lease's time and claims nothing beyond it.</summary>
    public static Decision UntilLeaseEnds(Situation situation, LeaseState.Held held, string why)
    {
        var stopBy = LeaseBudget.StopBy(held, situation.Settings);
        return situation.Postgres.State == PostgresState.Hung
            ? Situation.Fence($"{why} and PostgreSQL hangs: I stop it at once")
            : situation.Local.Now >= stopBy
            ? Decision.Because(
                $"{why} and my lease ends: I stop PostgreSQL", mayLead: false, new HaAction.Demote(DemoteMode.Offline))
            : Decision.Because($"{why}; I lead on while my lease is safe", mayLead: true)
                with
            { DecideAgainAt = stopBy };
    }

    private static Decision WithoutClaim(Situation situation) => situation switch
    {
        { Postgres.IsPrimary: true } =>
            Situation.Fence(situation.Local.HasLapsed
                ? "my lease has run out: I stop PostgreSQL at once and race as a former primary"
                : "the lock bears my name but I hold no lease: I stop PostgreSQL at once"),
        { Postgres.State: PostgresState.Running } =>
            situation.Wait("the lock stands in my name without a lease of mine; I wait until it runs out"),
        _ => situation.Wait("the lock stands in my name without a lease of mine; my PostgreSQL is not ready"),
    };

    /// <summary>
    /// The lock is held and the instance is a standby: a plan that broke off after the acquisition, or a promotion
    /// that failed. After a failure it is stopped first, because a promotion that timed out may still come true.
    /// </summary>
    private static Decision Promote(Situation situation, LeaseState.Held held)
    {
        if (situation.Local.PromotionFailedAt is { } failed
            && situation.Local.Now < failed + situation.Settings.Ttl)
        {
            return Situation.Fence("my promotion failed: I stop PostgreSQL and let others lead");
        }

        if (situation.LacksRequiredGuard || situation.Local.Guard is GuardState.Fired)
        {
            return GiveBack(situation, "no guard protects a promotion");
        }

        if (situation.IsBehindRecords)
        {
            return GiveBack(
                situation,
                $"timeline {situation.View.HighestRecordedTimeline} is recorded and I am on {situation.Postgres.Timeline}");
        }

        if (situation.Local.Now >= LeaseBudget.StopBy(held, situation.Settings))
        {
            return Decision.Because("I hold the leader lock but my lease ends: I wait for a renewal to promote", mayLead: true);
        }

        return situation.View.Sync.IsUnreadable
            ? GiveBack(situation, "the sync key cannot be read")
            : Decision.Because("I hold the leader lock: I promote PostgreSQL", mayLead: true, [.. PromotePlan.Of(situation)]);
    }

    private static Decision GiveBack(Situation situation, string why) =>
        situation.Local.Lease is LeaseState.Held { IsEpochOpened: true }
            ? Situation.Fence($"{why}: I stop PostgreSQL before I release the leader lock")
            : Decision.Because($"{why}: I release the leader lock", mayLead: false, new HaAction.ReleaseLeaderLock())
                .After(situation.StandDown);

    /// <summary>A standby under the lock that stopped answering before it was promoted: stopped, then released.</summary>
    private static Decision NeverPromoted(Situation situation) =>
        situation.Postgres.State == PostgresState.Hung || RecoveryPolicy.IsStartOverdue(situation)
            ? Situation.Fence("PostgreSQL does not come up to be promoted: I stop it and let others lead")
            : Decision.Because("I hold the leader lock; PostgreSQL is not ready to be promoted", mayLead: true);

    private static Decision AwaitInstance(Situation situation, LeaseState.Held held)
    {
        var what = situation.Postgres.State switch
        {
            PostgresState.Starting => "the start of PostgreSQL",
            PostgresState.Stopping => "the stop of PostgreSQL",
            _ => "PostgreSQL refuses sessions; this",
        };

        // A server that refuses sessions lives and works for those it has (rule S11).
        return situation.Postgres.State != PostgresState.Refusing && RecoveryPolicy.IsStartOverdue(situation)
            ? RecoveryPolicy.GiveUpStart(situation, what)
            : Decision.Because($"I lead; {what} goes on", mayLead: true)
                .After(situation.Local.Guard is GuardState.Disarmed ? new HaAction.ArmGuard() : null)
                with
            { DecideAgainAt = LeaseBudget.StopBy(held, situation.Settings) };
    }

    private static Decision Lead(Situation situation, LeaseState.Held held)
    {
        var decision = GuardDuty(situation)
            ?? SwitchoverPolicy.AsLeader(situation)
            ?? Restart(situation)
            ?? Maintain(situation, held);

        // Nothing else is done with a guard that sleeps: this is the first act after a pause and after its replacement.
        return situation.Local.Guard is GuardState.Disarmed && decision.MayLead
            ? decision.After(new HaAction.ArmGuard())
            : decision;
    }

    private static Decision? GuardDuty(Situation situation)
    {
        if (!situation.LacksRequiredGuard)
        {
            return null;
        }

        var since = situation.Local.GuardMissingSince ?? situation.Local.Now;
        var bound = since + LeaseBudget.StopBudget(situation.Settings);
        if (situation.Local.Now < bound)
        {
            return null;
        }

        if (situation.Local.Peers is null)
        {
            return Situation.AskPeers("no guard answers and one is required", mayLead: true);
        }

        var candidates = FailoverCandidates.Of(situation);
        return candidates.Count > 0
            ? Decision.Because(
                $"no guard answers and one is required: I hand over to {candidates[0]}", mayLead: true,
                new HaAction.HandOver(candidates, Revision.Absent))
            : Decision.Because(
                "no guard answers, one is required, and nobody can take over: I stop PostgreSQL", mayLead: false,
                new HaAction.Demote(DemoteMode.Offline));
    }

    private static Decision? Restart(Situation situation) =>
        situation.Local.RequestedOperation == OperationKind.Restart
            ? Decision.Because(
                "I lead; an operator asked for a restart", mayLead: true, new HaAction.ArmGuard(), new HaAction.Restart())
            : null;

    private static Decision Maintain(Situation situation, LeaseState.Held held)
    {
        var story = new Story(string.Create(
            CultureInfo.InvariantCulture, $"I lead on timeline {situation.Postgres.Timeline}"));
        if (situation.LostEpoch is { } lost)
        {
            story.Note("the epoch key is lost and I write it anew");
            story.Do(lost);
        }
        else if (!held.IsEpochOpened)
        {
            story.Do(new HaAction.OpenEpoch(situation.Postgres.Timeline));
        }

        if (situation.Request is { ScheduledAt: { } at })
        {
            story.Note(string.Create(CultureInfo.InvariantCulture, $"a switchover is scheduled at {at:u}"));
        }

        if (situation.Local.RequestedOperation == OperationKind.Reinitialize)
        {
            story.Note("a leader cannot be reinitialized");
        }

        SyncPolicy.Maintain(situation, story);
        HistoryPolicy.Maintain(situation, story);
        StatusPolicy.Maintain(situation, story);
        SlotPolicy.Maintain(situation, story);
        return story.End(mayLead: true);
    }
}
