using Router.Cluster;

namespace Router.Proxy.Routing;

/// <summary>
/// The highest timeline that this proxy has verified a primary on. It bars a stale primary that the store's records no
/// longer name as stale: a store restored from an old copy, or a primary that died before its history was written.
/// </summary>
/// <remarks>
/// It yields, so that a cluster which really went on below (restored to a point in time, a forced failover) needs no
/// restart of the proxy. A leader below it waits until it has held the lock for a whole ttl in the proxy's sight: by then
/// a primary of the higher timeline has published itself, which keeps the leader refused, or has not reached the store
/// for a ttl and has stopped. The store's own records never yield, and another system identifier has no memory.
/// </remarks>
/// <param name="System">Timelines of different systems are not comparable.</param>
/// <param name="Highest">The timeline.</param>
/// <param name="Ttl">The ttl under which its primary led, which bounds how long it may go on unseen.</param>
public sealed record TimelineMemory(SystemIdentifier System, Timeline Highest, TimeSpan Ttl)
{
    public static TimelineMemory Of(BackendFacts.Answered answer, ClusterView view)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return new TimelineMemory(answer.System, answer.Timeline, TtlOf(view));
    }

    /// <returns>Null where the memory does not bar the leader; else why it does, in words for an operator.</returns>
    public string? WhyNot(ClusterView view, BackendFacts.Answered answer, LeaderTenure tenure, BootTime now)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(tenure);
        if (answer.System != System || answer.Timeline >= Highest)
        {
            return null;
        }

        foreach (var member in view.Members)
        {
            if (member.Role is MemberRole.Primary or MemberRole.Promoted && member.Name != tenure.Holder
                && member.Timeline > answer.Timeline)
            {
                return $"the leader is on timeline {answer.Timeline}, but {member.Name} says that it is a primary "
                    + $"on timeline {member.Timeline}";
            }
        }

        var ttl = TtlOf(view);
        var wait = Ttl > ttl ? Ttl : ttl;
        return now - tenure.Since < wait
            ? $"the leader is on timeline {answer.Timeline}, but timeline {Highest} was seen; it is trusted when it has "
                + $"led for ttl ({wait.TotalSeconds:0.###} s)"
            : null;
    }

    private static TimeSpan TtlOf(ClusterView view) => (view.Config.Value?.Settings ?? HaSettings.Default).Ttl;
}
