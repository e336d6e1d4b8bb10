using System.Collections.Immutable;

namespace Router.Cluster.Ha;

/// <summary>
/// Synchronous priority mode (synchronous.md 3): who has to acknowledge, and who may therefore be promoted. The key never
/// names anybody whom PostgreSQL does not wait for: it shrinks before the names do, and grows after they have taken
/// effect and the standby has reached the position of that moment. One step of the key a cycle.
/// </summary>
internal static class SyncPolicy
{
    private static readonly TimeSpan ConfirmWithin = TimeSpan.FromSeconds(1);

    /// <summary>The running leader's cycle.</summary>
    public static void Maintain(Situation situation, Story story)
    {
        var key = situation.View.Sync;
        if (key.IsUnreadable)
        {
            story.Note("the sync key cannot be read, so nobody could take over; repair or delete it");
            return;
        }

        if (situation.Settings.SynchronousMode == SynchronousMode.Off)
        {
            TurnOff(situation, story);
            return;
        }

        if (situation.Settings.SynchronousMode == SynchronousMode.Quorum)
        {
            story.Note("synchronous_mode quorum is not supported; it works as on");
        }

        if (key.Value is not { IsActive: true } state || !state.Leader!.Value.MatchesStandbyName(situation.Me))
        {
            story.Do(new HaAction.WriteSync(Of(situation.Me, SyncState.EmptyStandbys), key.ModRevision));
            story.DecideAgainAt(situation.Local.Now);
            return;
        }

        Step(situation, story, state);
    }

    /// <summary>The key and the names that a promotion opens with, in this order.</summary>
    public static IEnumerable<HaAction> BeforePromote(Situation situation)
    {
        var sync = situation.View.Sync.Value ?? SyncState.Inactive;
        if (situation.Settings.SynchronousMode == SynchronousMode.Off)
        {
            if (sync.IsActive)
            {
                yield return new HaAction.WriteSync(SyncState.Inactive, situation.View.Sync.ModRevision);
                yield return new HaAction.SetSynchronousNames(SynchronousStandbyNames.None.Format());
            }

            yield break;
        }

        var standbys = situation.Settings.SynchronousModeStrict ? Others(sync, situation.Me) : SyncState.EmptyStandbys;
        var next = Of(situation.Me, standbys);
        if (!IsSame(sync, next))
        {
            yield return new HaAction.WriteSync(next, situation.View.Sync.ModRevision);
        }

        yield return new HaAction.SetSynchronousNames(Names(standbys, situation.Settings).Format());
    }

    public static bool IsSame(SyncState left, SyncState right) =>
        left.Leader == right.Leader && left.Quorum == right.Quorum && left.Standbys.SetEquals(right.Standbys);

    private static void TurnOff(Situation situation, Story story)
    {
        if (situation.IsSyncActive)
        {
            story.Do(new HaAction.WriteSync(SyncState.Inactive, situation.View.Sync.ModRevision));
            story.Do(new HaAction.SetSynchronousNames(SynchronousStandbyNames.None.Format()));
            story.Note("synchronous mode is off");
        }
    }

    private static void Step(Situation situation, Story story, SyncState state)
    {
        var active = SyncStandbys.Active(situation);
        var inEffect = SynchronousStandbyNames.Parse(situation.Postgres.SynchronousStandbyNames);
        if (situation.Settings.SynchronousModeStrict && active.IsEmpty)
        {
            KeepStrict(situation, story, state, inEffect);
            return;
        }

        // Whom every commit since the names took effect has waited for. Anything but "all of these" promises nothing.
        var promised = inEffect is { CoversAll: true } ? inEffect.Names : SyncState.EmptyStandbys;
        var kept = state.Standbys.Intersect(active).Intersect(promised);
        if (kept.Count != state.Standbys.Count)
        {
            story.Do(new HaAction.WriteSync(Of(situation.Me, kept), situation.View.Sync.ModRevision));
            story.Note($"{Join(state.Standbys.Except(kept))} is no synchronous standby any more");
            story.DecideAgainAt(situation.Local.Now);
        }

        var wanted = Names(active, situation.Settings);
        if (inEffect is null || inEffect.IsQuorum || inEffect.Count != wanted.Count || !inEffect.Names.SetEquals(wanted.Names))
        {
            story.Do(new HaAction.SetSynchronousNames(wanted.Format()));
            story.DecideAgainAt(situation.Local.Now + ConfirmWithin);
        }
        else if (kept.Count == state.Standbys.Count)
        {
            Grow(situation, story, state, active);
        }

        if (!state.Standbys.IsEmpty)
        {
            story.Note($"sync standby {Join(kept)}");
        }
    }

    private static void Grow(
        Situation situation, Story story, SyncState state, ImmutableSortedSet<string> active)
    {
        if (active.IsSubsetOf(state.Standbys))
        {
            return;
        }

        if (situation.Local.SynchronousNamesSetAt is not { } setAt)
        {
            // Another process set them: set again, so that there is a position to wait for.
            story.Do(new HaAction.SetSynchronousNames(situation.Postgres.SynchronousStandbyNames));
            story.DecideAgainAt(situation.Local.Now + ConfirmWithin);
            return;
        }

        var confirmed = SyncStandbys.Confirmed(situation, active, setAt).Union(state.Standbys);
        if (confirmed.Count > state.Standbys.Count)
        {
            story.Do(new HaAction.WriteSync(Of(situation.Me, confirmed), situation.View.Sync.ModRevision));
            story.Note($"{Join(confirmed.Except(state.Standbys))} is a synchronous standby now");
        }
        else
        {
            story.Note($"waiting for {Join(active.Except(state.Standbys))} to become synchronous");
            story.DecideAgainAt(situation.Local.Now + ConfirmWithin);
        }
    }

    /// <summary>Strict mode never commits alone: with nobody there the old names stay, or a name nobody has.</summary>
    private static void KeepStrict(Situation situation, Story story, SyncState state, SynchronousStandbyNames? inEffect)
    {
        var wanted = Names(state.Standbys, situation.Settings);
        if (inEffect is null || inEffect.Count != wanted.Count || !inEffect.Names.SetEquals(wanted.Names))
        {
            story.Do(new HaAction.SetSynchronousNames(wanted.Format()));
        }

        story.Note("strict synchronous mode and no standby: commits wait");
    }

    private static SynchronousStandbyNames Names(ImmutableSortedSet<string> standbys, HaSettings settings) =>
        standbys.IsEmpty && settings.SynchronousModeStrict
            ? SynchronousStandbyNames.None with { Count = 1 }
            : SynchronousStandbyNames.All(standbys);

    private static ImmutableSortedSet<string> Others(SyncState sync, MemberName me)
    {
        var names = sync.Leader is { } leader ? sync.Standbys.Add(leader.Value) : sync.Standbys;
        return names.Remove(me.Value);
    }

    private static SyncState Of(MemberName leader, ImmutableSortedSet<string> standbys) => new(leader, standbys, 0);

    private static string Join(ImmutableSortedSet<string> names) => names.IsEmpty ? "none" : string.Join(", ", names);
}
