namespace Router.Cluster.Ha;

/// <summary>
/// The order of the sync key and synchronous_standby_names: at no point does the key name a standby that commits do not
/// wait for.
/// </summary>
internal static class SyncRules
{
    public static IEnumerable<(bool Holds, string Otherwise)> Key(
        Situation facts, PlanPrefix before, HaAction.WriteSync write)
    {
        var old = facts.View.Sync.Value ?? SyncState.Inactive;
        yield return (before.HasLock, "without the leader lock");
        yield return (!before.WroteSync, "twice in one plan");
        yield return (write.Seen == facts.View.Sync.ModRevision, "on another revision than the one seen");
        yield return (!facts.View.Sync.IsUnreadable, "over a key that cannot be read");
        if (!write.Next.IsActive)
        {
            yield return (facts.Settings.SynchronousMode == SynchronousMode.Off, "empty while the mode is on");
            yield break;
        }

        yield return (write.Next.Leader == facts.Me, "in another member's name");
        yield return (!write.Next.Standbys.Contains(facts.Me.Value), "with the leader among its standbys");
        foreach (var name in write.Next.Standbys)
        {
            yield return facts.Postgres.IsPrimary
                ? (Waits(facts, name) && (old.Standbys.Contains(name) || HasReached(facts, name)),
                    $"naming {name}, which is not proven to have every commit")
                : (old.MayBePromoted(new MemberName(name)), $"naming {name}, which was not in it before the promotion");
        }
    }

    public static IEnumerable<(bool Holds, string Otherwise)> Names(
        Situation facts, PlanPrefix before, HaAction.SetSynchronousNames set)
    {
        var names = SynchronousStandbyNames.Parse(set.Value);
        yield return (names is not null, "to a text that PostgreSQL refuses");
        yield return (before.HasLock, "without the leader lock");
        yield return (!before.Sync.IsActive || before.Sync.Leader == facts.Me, "before the key names this leader");
        foreach (var standby in before.Sync.Standbys)
        {
            yield return (names is { CoversAll: true } && names.Names.Contains(standby),
                $"without {standby}, which the key still names");
        }
    }

    private static bool Waits(Situation facts, string name) =>
        SynchronousStandbyNames.Parse(facts.Postgres.SynchronousStandbyNames) is { CoversAll: true } names
        && names.Names.Contains(name);

    private static bool HasReached(Situation facts, string name) =>
        facts.Local.SynchronousNamesSetAt is { } setAt
        && facts.Postgres.Standbys.Any(row =>
            new MemberName(row.ApplicationName).MatchesStandbyName(new MemberName(name))
            && row is { State: "streaming", SyncState: "sync" }
            && (facts.Postgres.SynchronousCommit switch
            {
                "remote_apply" => row.ReplayLsn,
                "remote_write" => row.WriteLsn,
                _ => row.FlushLsn,
            }) >= setAt);
}
