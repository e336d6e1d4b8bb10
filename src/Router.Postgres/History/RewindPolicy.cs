using Router.Cluster;

namespace Router.Postgres.History;

/// <summary>Whether a stopped instance's WAL is part of the leader's history (ha-loop.md 10); pure.</summary>
internal static class RewindPolicy
{
    public static HistoryComparison Compare(SystemIdentifier identifier, WalPosition local, LeaderHistory leader)
    {
        if (identifier != leader.Identifier)
        {
            return new(HistoryVerdict.Unknown,
                $"the leader has system identifier {leader.Identifier} and this directory {identifier}: another cluster");
        }

        if (local.Timeline > leader.Timeline)
        {
            return Parted($"local timeline {local.Timeline} is newer than the leader's {leader.Timeline}");
        }

        return local.Timeline == leader.Timeline ? CompareEnds(local, leader) : CompareSwitch(local, leader);
    }

    private static HistoryComparison CompareEnds(WalPosition local, LeaderHistory leader) =>
        local.Lsn > leader.Position
            ? Parted($"on timeline {local.Timeline} this instance is at {local.Lsn}, the leader at {leader.Position} only")
            : Shared($"both are on timeline {local.Timeline}");

    private static HistoryComparison CompareSwitch(WalPosition local, LeaderHistory leader)
    {
        var row = leader.Rows.FirstOrDefault(line => line.Timeline == local.Timeline);
        if (row is null)
        {
            return Parted($"timeline {local.Timeline} is not in the history of the leader's timeline {leader.Timeline}");
        }

        var where = $"timeline {local.Timeline} of the leader ended at {row.SwitchPoint}, this instance is at {local.Lsn}";
        if (!local.IsFormerPrimary)
        {
            return local.Lsn > row.SwitchPoint ? Parted(where) : Shared(where);
        }

        if (local.Lsn >= row.SwitchPoint)
        {
            return Parted(where);
        }

        // A primary that was killed wrote beyond its last checkpoint, and nobody has looked how far.
        if (!local.IsClean)
        {
            return Parted(where + ", not shut down");
        }

        return local.CheckpointEnd == row.SwitchPoint
            ? Shared(where + " and shut down there")
            : Parted($"{where}, its shutdown checkpoint ends at {local.CheckpointEnd?.ToString() ?? "an unknown place"}");
    }

    private static HistoryComparison Parted(string reason) => new(HistoryVerdict.Diverged, reason);

    private static HistoryComparison Shared(string reason) => new(HistoryVerdict.CanFollow, reason);
}
