using System.Collections.Immutable;
using Router.Cluster.Local;

namespace Router.Cluster.Ha;

/// <summary>Which standbys should acknowledge commits, and which are proven to.</summary>
internal static class SyncStandbys
{
    /// <summary>The best streaming standbys, as many as are wanted (synchronous.md 1, A).</summary>
    public static ImmutableSortedSet<string> Active(Situation situation)
    {
        var wanted = Math.Max(1, situation.Settings.SynchronousNodeCount);
        var streaming = Streaming(situation).ToList();
        var furthest = streaming.Count == 1
            ? situation.Postgres.FlushLsn
            : streaming.Select(pair => Position(situation, pair.Row)!.Value).DefaultIfEmpty(Lsn.Zero).Max();
        var lagMax = situation.Settings.MaximumLagOnSyncnodeBytes;
        return streaming
            .Where(pair => lagMax <= 0 || furthest.LagBytes(Position(situation, pair.Row)!.Value) <= lagMax)
            .OrderByDescending(pair => pair.Member.Tags.MayFailover)
            .ThenByDescending(pair => pair.Member.Tags.SyncPriority)
            .ThenByDescending(pair => pair.Row.SyncState, StringComparer.Ordinal)
            .ThenByDescending(pair => Position(situation, pair.Row)!.Value.Value)
            .ThenBy(pair => pair.Member.Name.Value, StringComparer.Ordinal)
            .Select(pair => pair.Member.Name.Value)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Take(wanted)
            .ToImmutableSortedSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Those whom PostgreSQL waits for and who have what was written when the names were set.</summary>
    public static ImmutableSortedSet<string> Confirmed(
        Situation situation, ImmutableSortedSet<string> active, Lsn namesSetAt) =>
        Streaming(situation)
            .Where(pair => active.Contains(pair.Member.Name.Value)
                && pair.Row.SyncState == "sync" && Position(situation, pair.Row) >= namesSetAt)
            .Select(pair => pair.Member.Name.Value)
            .ToImmutableSortedSet(StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<(Member Member, StandbyConnection Row)> Streaming(Situation situation) =>
        from row in situation.Postgres.Standbys
        where row.State == "streaming" && Position(situation, row) is not null
        let member = situation.View.Members.FirstOrDefault(
            member => member.Name.MatchesStandbyName(new MemberName(row.ApplicationName)))
        where member is { IsRunning: true, Tags.MayBeSynchronous: true } && member.Name != situation.Me
            && (member.Tags.ReplicateFrom is null || member.Tags.ReplicateFrom == situation.Me.Value)
        select (member, row);

    /// <summary>The position that a commit waits for, which synchronous_commit says.</summary>
    private static Lsn? Position(Situation situation, StandbyConnection row) =>
        situation.Postgres.SynchronousCommit switch
        {
            "remote_apply" => row.ReplayLsn,
            "remote_write" => row.WriteLsn,
            _ => row.FlushLsn,
        };
}
