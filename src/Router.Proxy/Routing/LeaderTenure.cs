using Router.Cluster;

namespace Router.Proxy.Routing;

/// <summary>Since when a member has been seen to hold the leader lock without a break, in one history of the store.</summary>
public sealed record LeaderTenure(MemberName Holder, long Incarnation, BootTime Since)
{
    /// <summary>The same tenure while the holder stays, a new one otherwise.</summary>
    public static LeaderTenure Of(LeaderTenure? previous, LeaderStamp stamp, BootTime now)
    {
        ArgumentNullException.ThrowIfNull(stamp);
        return previous is not null && previous.Holder == stamp.Holder && previous.Incarnation == stamp.Incarnation
            ? previous
            : new LeaderTenure(stamp.Holder, stamp.Incarnation, now);
    }
}
