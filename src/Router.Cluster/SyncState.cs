using System.Collections.Immutable;

namespace Router.Cluster;

/// <summary>The <c>sync</c> key: who may be promoted without losing an acknowledged commit (synchronous.md 1).</summary>
/// <param name="Leader">The member that wrote the key; null when synchronous mode is not active.</param>
/// <param name="Standbys">The voters beside the leader.</param>
/// <param name="Quorum">Votes needed in quorum mode, else 0.</param>
public sealed record SyncState(MemberName? Leader, ImmutableSortedSet<string> Standbys, int Quorum)
{
    /// <summary>Names compare as PostgreSQL compares synchronous standby names: without regard to case.</summary>
    public static ImmutableSortedSet<string> EmptyStandbys { get; } =
        ImmutableSortedSet.Create<string>(StringComparer.OrdinalIgnoreCase);

    public static SyncState Inactive { get; } = new(null, EmptyStandbys, 0);

    public bool IsActive => Leader is not null;

    public bool MayBePromoted(MemberName member) =>
        (Leader is { } leader && leader.MatchesStandbyName(member)) || Standbys.Contains(member.Value);
}
