using Router.Cluster;

namespace Router.Commands;

/// <summary>Who streams from whom: the leader first, its replicas below it, theirs below them.</summary>
internal static class CtlTopology
{
    public static IEnumerable<(Member Member, int Depth)> Order(ClusterView view)
    {
        var placed = new HashSet<MemberName>();
        foreach (var root in view.Members.Where(member => SourceOf(view, member) is null))
        {
            foreach (var row in Below(view, root, 0, placed))
            {
                yield return row;
            }
        }

        // Members that name each other as source hang on nobody.
        foreach (var member in view.Members.Where(member => placed.Add(member.Name)))
        {
            yield return (member, 0);
        }
    }

    private static IEnumerable<(Member Member, int Depth)> Below(
        ClusterView view, Member member, int depth, HashSet<MemberName> placed)
    {
        if (!placed.Add(member.Name))
        {
            yield break;
        }

        yield return (member, depth);
        foreach (var row in view.Members
            .Where(child => SourceOf(view, child) == member.Name)
            .SelectMany(child => Below(view, child, depth + 1, placed)))
        {
            yield return row;
        }
    }

    /// <summary>replicatefrom where that is an existing replica, else the leader; null for the leader and without one.</summary>
    private static MemberName? SourceOf(ClusterView view, Member member)
    {
        if (view.IsLockedBy(member.Name))
        {
            return null;
        }

        return member.Tags.ReplicateFrom is { } named
            && view.Find(new MemberName(named)) is { } source
            && source.Name != member.Name
            && !view.IsLockedBy(source.Name)
                ? source.Name
                : view.LeaderMember?.Name;
    }
}
