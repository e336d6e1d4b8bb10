using Router.Cluster.Local;

namespace Router.Cluster.Ha;

/// <summary>Whom does a standby stream from?</summary>
internal static class FollowPolicy
{
    /// <summary>The leader as a source; null while its address is not known.</summary>
    public static FollowTarget? Leader(Situation situation) =>
        situation.View.LeaderMember is { } leader ? Target(situation, leader) : null;

    /// <summary>
    /// The source that this standby should have; <paramref name="isKnown"/> is false where nothing can be said and the
    /// present source stays.
    /// </summary>
    public static FollowTarget? Wanted(Situation situation, out bool isKnown)
    {
        isKnown = true;
        if (situation.Local.Tags.NoStream)
        {
            return null;
        }

        var target = Upstream(situation) is { } named ? Target(situation, named) : Leader(situation);
        isKnown = target is not null;
        return target;
    }

    /// <summary>Sources are the same when host, port and slot are; the configuration does not tell names.</summary>
    public static bool IsSame(FollowTarget? left, FollowTarget? right) =>
        left is null || right is null
            ? left is null && right is null
            : left.Address == right.Address && left.SlotName == right.SlotName;

    public static FollowTarget? Target(Situation situation, Member source) =>
        source.Address is { } address
            ? new FollowTarget(source.Name, address, situation.Settings.UseSlots ? SlotName.Of(situation.Me) : null)
            : null;

    /// <summary>The tag replicatefrom, as long as that member runs; else the leader stands in.</summary>
    private static Member? Upstream(Situation situation) =>
        situation.Local.Tags.ReplicateFrom is { } name && name != situation.Me.Value
        && situation.View.Find(new MemberName(name)) is { IsRunning: true, Address: not null } member
            ? member
            : null;
}
