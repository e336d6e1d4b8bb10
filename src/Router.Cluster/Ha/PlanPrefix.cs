using Router.Cluster.Guarding;

namespace Router.Cluster.Ha;

/// <summary>What holds after the actions so far, if all of them succeeded.</summary>
internal sealed record PlanPrefix
{
    public PlanPrefix(Situation facts)
    {
        HasLock = facts.Leads || (facts.Local.HoldsLease && facts.IsLockVacant && facts.Local.Operation is not null);
        IsGuardArmed = facts.Local.Guard is GuardState.Armed;
        IsEpochOpened = facts.Local.Lease is Local.LeaseState.Held { IsEpochOpened: true } && facts.IsLockMine;
        Sync = facts.View.Sync.Value ?? SyncState.Inactive;
    }

    public bool HasLock { get; private init; }

    /// <summary>The guard was asked in this plan; with a guard that is off that asks nobody and succeeds.</summary>
    public bool WasGuardAsked { get; private init; }

    public bool IsGuardArmed { get; private init; }

    public bool IsEpochOpened { get; private init; }

    public bool WonInitialize { get; private init; }

    public bool WroteSync { get; private init; }

    /// <summary>Set: a long action has begun, and nothing may come after it.</summary>
    public bool HasBegunLong { get; private init; }

    /// <summary>The key as it stands then.</summary>
    public SyncState Sync { get; private init; }

    public static bool IsLong(HaAction action) => action is HaAction.Bootstrap or HaAction.CopyFrom
        or HaAction.StartAsPrimary or HaAction.StartAsStandby or HaAction.Promote or HaAction.Demote or HaAction.Rejoin
        or HaAction.HandOver or HaAction.Restart or HaAction.Reinitialize;

    public PlanPrefix With(HaAction action) => action switch
    {
        HaAction.AcquireLeaderLock acquire => this with { HasLock = true, IsEpochOpened = acquire.IsOpened },
        HaAction.RecreateLeaderLock => this with { HasLock = true },
        HaAction.ReleaseLeaderLock => this with { HasLock = false },
        HaAction.ArmGuard => this with { IsGuardArmed = true, WasGuardAsked = true },
        HaAction.DisarmGuard => this with { IsGuardArmed = false, WasGuardAsked = false },
        HaAction.RestoreEpoch restore => this with { IsEpochOpened = restore.IsOpened },
        HaAction.OpenEpoch => this with { IsEpochOpened = true },
        HaAction.WithdrawEpoch => this with { IsEpochOpened = false },
        HaAction.RaceInitialize => this with { WonInitialize = true },
        HaAction.WriteSync write => this with { WroteSync = true, Sync = write.Next },
        _ => this with { HasBegunLong = HasBegunLong || IsLong(action) },
    };
}
