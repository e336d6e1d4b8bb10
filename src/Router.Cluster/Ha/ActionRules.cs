using Router.Cluster.Guarding;
using Router.Cluster.Local;

namespace Router.Cluster.Ha;

/// <summary>The rules of single actions, given what the actions before them have made true.</summary>
internal static class ActionRules
{
    public static IEnumerable<string> Broken(Situation facts, PlanPrefix before, HaAction action)
    {
        var name = action.GetType().Name;
        return Rules(facts, before, action)
            .Append((Holds: !before.HasBegunLong, Otherwise: "after a long action has begun"))
            .Append((Holds: !facts.Settings.Pause || IsAllowedInPause(action), Otherwise: "in a pause"))
            .Where(rule => !rule.Holds)
            .Select(rule => $"{name} {rule.Otherwise}");
    }

    private static IEnumerable<(bool Holds, string Otherwise)> Rules(
        Situation facts, PlanPrefix before, HaAction action) => action switch
        {
            HaAction.Promote => Promotion(facts, before),
            HaAction.StartAsPrimary => StartAsPrimary(facts, before),
            HaAction.AcquireLeaderLock acquire => Acquisition(facts, acquire),
            HaAction.RecreateLeaderLock =>
            [
                (facts.Local.HoldsLease, "by a member whose lease ran out"),
            (facts.IsLockVacant, "over a lock that stands"),
            (!facts.IsSuperseded, "after somebody else acquired"),
            (!facts.View.Epoch.IsUnreadable, "beside an epoch that nobody can read"),
            (!facts.Local.IsOtherStore, "in another store than the lease's"),
        ],
            HaAction.RestoreEpoch restore =>
            [
                (facts.Leads, "without the leader lock"),
            (restore.Seen == facts.View.Epoch.ModRevision, "on another revision than the one seen"),
            (restore.IsOpened || !facts.Postgres.IsPrimary, "that hides a timeline which takes writes"),
        ],
            HaAction.ReleaseLeaderLock =>
            [
                (facts.Leads, "without holding it"),
            (!facts.Postgres.IsPrimary, "while PostgreSQL may take writes"),
            (!facts.Postgres.IsRunningStandby || !before.IsEpochOpened
                || (facts.Settings.Pause && facts.Local.PromotionFailedAt is null), "while a promotion may still come true"),
        ],
            HaAction.WithdrawEpoch =>
            [
                (facts.Leads && facts.Postgres is { State: PostgresState.Stopped, HasStandbySignal: true },
                "for a timeline that may have opened"),
        ],
            HaAction.OpenEpoch => [(before.HasLock, "without the leader lock")],
            HaAction.DisarmGuard disarm => [(MayDisarm(facts, disarm.Reason), $"for {disarm.Reason}, which is not so")],
            HaAction.WriteSync write => SyncRules.Key(facts, before, write),
            HaAction.SetSynchronousNames set => SyncRules.Names(facts, before, set),
            HaAction.HandOver or HaAction.WriteStatus or HaAction.WriteHistory or HaAction.RestoreConfig
                or HaAction.WriteFailsafe or HaAction.ClearFailover or HaAction.WriteInitialize =>
                [(before.HasLock, "without the leader lock")],
            HaAction.Bootstrap => [(before.WonInitialize, "without the initialize key"), (IsEmpty(facts), "over data")],
            HaAction.RaceInitialize =>
            [
                (facts.View.Initialize.IsAbsent, "over a cluster"),
                (IsEmpty(facts), "over data"),
                (BootstrapPolicy.MemberWithData(facts) is null, "beside a member that has data"),
            ],
            HaAction.StartAsStandby =>
            [
                (facts.Postgres.State == PostgresState.Stopped, "while PostgreSQL runs"),
            (facts.Postgres.DataDirectory == DataDirectoryState.Valid, "of a directory that is not whole"),
        ],
            HaAction.CopyFrom =>
            [
                (facts.Postgres.State == PostgresState.Stopped, "while PostgreSQL runs"),
            (IsFillable(facts), "over data"),
        ],
            HaAction.Rejoin or HaAction.Reinitialize or HaAction.Follow =>
                [(!facts.Postgres.IsPrimary, "with a primary"), (!facts.Leads, "as the leader")],
            _ => [],
        };

    private static bool IsEmpty(Situation facts) =>
        facts.Postgres.DataDirectory is DataDirectoryState.Empty or DataDirectoryState.HalfMade;

    private static bool IsFillable(Situation facts) => IsEmpty(facts)
        || facts.Postgres.DataDirectory == DataDirectoryState.HalfCopied;

    private static IEnumerable<(bool Holds, string Otherwise)> Promotion(Situation facts, PlanPrefix before)
    {
        yield return (before.HasLock, "without the leader lock");
        yield return (facts.Postgres.IsRunningStandby, "of what is no running standby");
        yield return (before.WasGuardAsked, "before the guard is armed");
        yield return (before.IsEpochOpened, "before the record bars its timeline");
        yield return (!facts.View.Sync.IsUnreadable, "with a sync key that cannot be read");
        if (facts.Settings.SynchronousMode != SynchronousMode.Off)
        {
            yield return (before.Sync.Leader == facts.Me, "before the sync key names this member as leader");
        }
    }

    private static IEnumerable<(bool Holds, string Otherwise)> StartAsPrimary(Situation facts, PlanPrefix before)
    {
        yield return (facts.Leads, "without the leader lock");
        yield return (before.WasGuardAsked, "before the guard is armed");
        yield return (!facts.Postgres.HasStandbySignal, "of a standby");
        yield return (facts.Postgres.State == PostgresState.Stopped, "while PostgreSQL runs");
        yield return (facts.Local.Guard is not GuardState.Fired, "after the guard fired for this leadership");
    }

    private static IEnumerable<(bool Holds, string Otherwise)> Acquisition(Situation facts, HaAction.AcquireLeaderLock acquire)
    {
        var isManual = facts.Request is { IsSwitchover: false } request && request.Candidate == facts.Me;
        var sync = facts.View.Sync;
        yield return (facts.View.Leader.IsAbsent, "over a lock that stands");
        yield return (acquire.Basis == AcquireBasis.Of(facts.View), "on other revisions than those seen");
        yield return (facts.Settings.Pause || !facts.Postgres.IsPrimary, "by a primary that holds no lease");
        yield return (facts.Local.Peers is not null, "without asking the peers");
        yield return (facts.Local.IsIncarnationSettled, "in a store that has just gone back in time");
        yield return (facts.SilentPausedLeader is null, "while the leader of a pause is silent");
        yield return (!facts.Local.HasStoreForgotten, "in a store that has just lost its records");
        yield return (!facts.LacksRequiredGuard, "without the guard that is required");
        yield return (!sync.IsUnreadable, "with a sync key that cannot be read");
        yield return (isManual || sync.Value is not { IsActive: true } state || state.MayBePromoted(facts.Me),
            "by a member that is not in the sync key");
        yield return (isManual || facts.OnlyOneWithAllCommits is not { } last || last == facts.Me,
            "without the sync key, by a member that did not lead last");
        yield return (isManual || !facts.IsBehindRecords, "by a member below the highest recorded timeline");
        yield return (acquire.IsOpened == facts.Postgres.IsPrimary, "with a wrong word on whether the timeline is open");
        yield return (facts.Local.Peers?.Any(peer => peer is { IsRunning: true, IsInRecovery: false }) != true,
            "while another primary runs");
    }

    private static bool MayDisarm(Situation facts, DisarmReason reason) => reason switch
    {
        DisarmReason.Stopped => facts.Postgres.State == PostgresState.Stopped,
        DisarmReason.InRecovery => facts.Postgres.IsRunningStandby,
        _ => facts.Settings.Pause && facts.View.Members.All(member => member.Pause),
    };

    private static bool IsAllowedInPause(HaAction action) => action
        is not (HaAction.Demote or HaAction.StartAsPrimary or HaAction.StartAsStandby or HaAction.Bootstrap
            or HaAction.CopyFrom or HaAction.Rejoin or HaAction.Exit);
}
