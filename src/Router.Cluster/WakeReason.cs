namespace Router.Cluster;

/// <summary>
/// Which change of the store starts a cycle at once (rule S13): leader, config, failover, sync, initialize, another
/// member's state, role or disappearance. Never positions, never our own writes: otherwise N members would wake each
/// other N² times.
/// </summary>
public static class WakeReason
{
    /// <summary>A few words for the log, or null where the change can wait for loop_wait.</summary>
    public static string? Between(ClusterView before, ClusterView after, MemberName me)
    {
        if (before.Incarnation != after.Incarnation)
        {
            return "the store began a new history";
        }

        if (before.Leader != after.Leader)
        {
            return after.Leader.Value is { } held ? $"{held.Holder} holds the leader lock" : "the leader lock is free";
        }

        return KeyChanged(before, after, me) ?? MemberChanged(before, after, me);
    }

    private static string? KeyChanged(ClusterView before, ClusterView after, MemberName me)
    {
        // Only the leader writes these two, so its own writes are not news to it.
        var isLeader = after.IsLockedBy(me);
        return before.Config.ModRevision != after.Config.ModRevision ? "the configuration changed"
            : before.Failover.ModRevision != after.Failover.ModRevision ? "the failover key changed"
            : before.Initialize.ModRevision != after.Initialize.ModRevision ? "the initialize key changed"
            : !isLeader && before.Sync.ModRevision != after.Sync.ModRevision ? "the sync key changed"
            : null;
    }

    private static string? MemberChanged(ClusterView before, ClusterView after, MemberName me)
    {
        foreach (var member in after.Members)
        {
            if (member.Name == me)
            {
                continue;
            }

            var old = before.Find(member.Name);
            if (old is null || (old.State, old.Role, old.ConnUrl) != (member.State, member.Role, member.ConnUrl))
            {
                return $"{member.Name} is {member.State}";
            }
        }

        foreach (var member in before.Members)
        {
            if (member.Name != me && after.Find(member.Name) is null)
            {
                return $"{member.Name} is gone";
            }
        }

        return null;
    }
}
