using Router.Cluster;

namespace Router.Proxy.Routing;

/// <summary>
/// Which member may be written to, and which may be read from: (what was decided last, the facts, now) to the next
/// decision. Pure and total. The rules are S19 and S20.
/// </summary>
public static class TopologyPolicy
{
    public static Topology Next(Topology previous, TopologyFacts facts, BootTime now)
    {
        ArgumentNullException.ThrowIfNull(previous);
        ArgumentNullException.ThrowIfNull(facts);
        if (facts.View is not { } view)
        {
            return previous;
        }

        var next = LeaderStamp.Of(view) is { } stamp
            ? WithLeader(previous, facts, view, stamp, LeaderTenure.Of(previous.Tenure, stamp, now), now)
            : WithoutLeader(previous, facts, view);
        var until = next.Verified is null ? default : VouchedUntil(facts, next.Verified);
        return next with
        {
            Memory = next.Memory ?? previous.Memory,
            View = next.View with
            {
                Hold = next.View.Hold ?? (now < until ? null : WhyUnvouched(facts)),
                WritesUntil = until,
                Replicas = ReplicasOf(view),
                Standbys = StandbysOf(view, previous.View.Standbys),
            },
        };
    }

    /// <summary>
    /// Whom to ask by SQL: the holder of the lock; while there is none, the last primary, whose sessions wait.
    /// </summary>
    public static (LeaderStamp? Stamp, RoutedMember Member)? ProbeTarget(Topology last, TopologyFacts facts)
    {
        ArgumentNullException.ThrowIfNull(last);
        ArgumentNullException.ThrowIfNull(facts);
        if (facts.View is not { } view)
        {
            return null;
        }

        if (LeaderStamp.Of(view) is not { } stamp)
        {
            return last.View.Primary is { } primary ? (null, primary.Member) : null;
        }

        return view.LeaderMember?.Address is { } address ? (stamp, new RoutedMember(stamp.Holder, address)) : null;
    }

    /// <summary>Until when the store or the leader's agent has vouched for this writing of the leader key.</summary>
    public static BootTime VouchedUntil(TopologyFacts facts, LeaderStamp stamp)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var lease = facts.Lease is { } leased && leased.Stamp == stamp ? leased.Until : default;
        var agent = facts.Agent is { } asked && asked.Stamp == stamp ? asked.Until : default;
        return lease > agent ? lease : agent;
    }

    private static Topology WithLeader(
        Topology previous, TopologyFacts facts, ClusterView view, LeaderStamp stamp, LeaderTenure tenure, BootTime now)
    {
        var last = previous.View.Primary;
        var same = last?.Identity.Leader == stamp.Holder ? last : null;
        if (view.LeaderMember?.Address is not { } address)
        {
            return Held(same, "the leader has not published its address", tenure);
        }

        var member = new RoutedMember(stamp.Holder, address);
        if (facts.Probed is not { } probed || probed.Stamp != stamp || probed.Facts is not BackendFacts.Answered answer)
        {
            // What was verified under this very stamp stays so; otherwise the same leader's sessions wait, and those of
            // another one end.
            return same is not null && previous.Verified == stamp
                ? Usable(same, member, stamp, tenure)
                : Held(same, "the leader has not been verified yet", tenure);
        }

        var reason = PrimaryVerifier.WhyNot(view, answer) ?? previous.Memory?.WhyNot(view, answer, tenure, now);
        if (reason is not null)
        {
            return Held(primary: null, reason, tenure);
        }

        var identity = new PrimaryIdentity(answer.System, stamp.Holder, answer.Timeline);
        var primary = last?.Identity == identity ? last : new VerifiedPrimary(identity, member);
        return Usable(primary, member, stamp, tenure) with { Memory = TimelineMemory.Of(answer, view) };
    }

    private static Topology WithoutLeader(Topology previous, TopologyFacts facts, ClusterView view)
    {
        var hold = view.Leader.IsUnreadable ? "the leader key cannot be read" : "no member holds the leader lock";
        var last = previous.View.Primary;
        var isOver = last is null
            || view.Find(last.Identity.Leader) is null
            || (facts.Probed is { Stamp: null } probed && probed.Member.Name == last.Identity.Leader
                && probed.Facts is BackendFacts.Gone or BackendFacts.Answered { IsInRecovery: true });
        return Held(isOver ? null : last, hold);
    }

    private static Topology Usable(
        VerifiedPrimary primary, RoutedMember member, LeaderStamp stamp, LeaderTenure tenure) => new(
        new RoutingView { Primary = primary.Member == member ? primary : primary with { Member = member } }, stamp, tenure);

    private static Topology Held(VerifiedPrimary? primary, string reason, LeaderTenure? tenure = null) =>
        new(new RoutingView { Primary = primary, Hold = reason }, Verified: null, tenure);

    private static string WhyUnvouched(TopologyFacts facts) => facts.IsStoreReachable
        ? "the leader's lease has not been read yet"
        : "the store does not answer, and neither does the leader's agent";

    private static EquatableList<RoutedMember> ReplicasOf(ClusterView view) => view.Members
        .Where(member => member is { Role: MemberRole.Replica, IsStreaming: true, Address: not null }
            && !member.Tags.NoLoadBalance && !view.IsLockedBy(member.Name))
        .Select(static member => new RoutedMember(member.Name, member.Address!))
        .ToEquatableList();

    /// <summary>
    /// A member without a key has left only where somebody leads: a store that was wiped or that nobody renews says
    /// nothing of a replica.
    /// </summary>
    private static EquatableList<MemberName> StandbysOf(ClusterView view, EquatableList<MemberName> before) => view.Members
        .Where(member => member.Role is not (MemberRole.Primary or MemberRole.Promoted) && !view.IsLockedBy(member.Name))
        .Select(static member => member.Name)
        .Concat(before.Where(name => view.Leader.Value is null && view.Find(name) is null))
        .OrderBy(static name => name.Value, StringComparer.Ordinal)
        .ToEquatableList();
}
