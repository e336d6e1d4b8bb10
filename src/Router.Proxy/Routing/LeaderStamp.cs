using Router.Cluster;

namespace Router.Proxy.Routing;

/// <summary>
/// One writing of the leader key. What was learnt under one stamp proves nothing under the next, not even of the same
/// holder (S20), nor after the store started its history anew (S9).
/// </summary>
public sealed record LeaderStamp(MemberName Holder, long Incarnation, Revision ModRevision)
{
    /// <summary>Null where nobody holds the lock, or the key cannot be read.</summary>
    public static LeaderStamp? Of(ClusterView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        return view.Leader.Value is { } held
            ? new LeaderStamp(held.Holder, view.Incarnation, view.Leader.ModRevision)
            : null;
    }
}
