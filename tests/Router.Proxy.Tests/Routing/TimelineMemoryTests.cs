using Router.Cluster;
using Router.Proxy.Routing;
using Router.Testing;

namespace Router.Proxy.Tests.Routing;

/// <summary>
/// A primary was verified on timeline 3; then the store's records name no timeline any more and a leader stands below.
/// </summary>
public sealed class TimelineMemoryTests
{
    private static readonly BootTime Begin = new(TimeSpan.FromHours(1));
    private static readonly TimeSpan Ttl = HaSettings.Default.Ttl;
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private Topology _topology = Topology.Initial;
    private BootTime _now = Begin;

    public TimelineMemoryTests()
    {
        See(ClusterViews.LedBy(ClusterViews.A), timeline: 3);
        Assert.Equal(new Timeline(3), Usable?.Timeline);
    }

    private PrimaryIdentity? Usable => _topology.View.UsablePrimary(_now)?.Identity;

    [Fact]
    public void A_stale_primary_of_a_store_that_was_set_back_is_refused_also_when_it_is_looked_at_again()
    {
        for (var look = 0; look < 3; look++)
        {
            See(SetBack(ClusterViews.B), timeline: 2);
            Assert.Equal((null, null), (Usable, _topology.View.Primary));
            Assert.Equal(
                "the leader is on timeline 2, but timeline 3 was seen; it is trusted when it has led for ttl (30 s)",
                _topology.View.Hold);
        }
    }

    [Fact]
    public void A_cluster_that_was_restored_below_is_served_after_one_ttl_without_a_restart()
    {
        See(SetBack(ClusterViews.B), timeline: 2);
        _now += Ttl - Tick;
        See(SetBack(ClusterViews.B), timeline: 2);
        Assert.Null(Usable);
        _now += Tick;
        See(SetBack(ClusterViews.B), timeline: 2);
        Assert.Equal((ClusterViews.B, new Timeline(2)), (Usable?.Leader, Usable?.Timeline ?? default));

        // From here on the memory is of the new life.
        See(SetBack(ClusterViews.C), timeline: 2);
        Assert.Equal(ClusterViews.C, Usable?.Leader);
    }

    [Fact]
    public void A_primary_of_the_higher_timeline_that_still_publishes_itself_keeps_the_leader_refused()
    {
        var alive = SetBack(ClusterViews.B).With(
            ClusterViews.Replica(ClusterViews.A) with { Role = MemberRole.Primary, Timeline = new Timeline(3) });
        See(alive, timeline: 2);
        _now += 10 * Ttl;
        See(alive, timeline: 2);
        Assert.Null(Usable);
        Assert.Equal(
            "the leader is on timeline 2, but a says that it is a primary on timeline 3", _topology.View.Hold);
    }

    [Fact]
    public void The_records_of_the_store_never_yield()
    {
        See(ClusterViews.LedBy(ClusterViews.B), timeline: 2);
        _now += 10 * Ttl;
        See(ClusterViews.LedBy(ClusterViews.B), timeline: 2);
        Assert.Equal("the leader is on timeline 2, but timeline 3 has been seen", _topology.View.Hold);
    }

    [Fact]
    public void A_lock_that_changes_hands_starts_the_wait_anew()
    {
        See(SetBack(ClusterViews.B), timeline: 2);
        _now += Ttl - Tick;
        See(SetBack(ClusterViews.C), timeline: 2);
        _now += Tick;
        See(SetBack(ClusterViews.C), timeline: 2);
        Assert.Null(Usable);
    }

    [Fact]
    public void A_lock_that_nobody_held_in_between_starts_the_wait_anew()
    {
        See(SetBack(ClusterViews.B), timeline: 2);
        _now += Ttl - Tick;
        See(SetBack(ClusterViews.B) with { Leader = StoredKey<LeaderLock>.Absent }, timeline: 2);
        _now += Tick;
        See(SetBack(ClusterViews.B), timeline: 2);
        Assert.Null(Usable);
    }

    [Fact]
    public void The_wait_is_as_long_as_the_longer_of_both_ttls()
    {
        var settings = HaSettings.Default with { Ttl = TimeSpan.FromSeconds(10) };
        var shorter = SetBack(ClusterViews.B) with
        {
            Config = StoredKey<ClusterConfig>.Present(new ClusterConfig("{}", settings, []), new Revision(1)),
        };
        See(shorter, timeline: 2);
        _now += Ttl - Tick;
        See(shorter, timeline: 2);
        Assert.Null(Usable);
    }

    [Fact]
    public void A_cluster_that_was_made_anew_has_no_memory()
    {
        var system = new SystemIdentifier(7_000_000_000_000_000_999);
        var anew = SetBack(ClusterViews.B) with
        {
            Initialize = StoredKey<Initialization>.Present(new Initialization(system), new Revision(3)),
        };
        See(anew, timeline: 1, system);
        Assert.Equal((system, new Timeline(1)), (Usable?.System ?? default, Usable?.Timeline ?? default));
    }

    [Fact]
    public void A_store_that_was_wiped_under_a_living_primary_costs_no_wait()
    {
        See(SetBack(ClusterViews.A), timeline: 3);
        Assert.Equal(new Timeline(3), Usable?.Timeline);
    }

    /// <summary>A new history of the store whose records name no timeline.</summary>
    private static ClusterView SetBack(MemberName leader)
    {
        var view = ClusterViews.LedBy(leader);
        foreach (var member in view.Members)
        {
            view = view.With(member with { Timeline = new Timeline(2) });
        }

        return view with
        {
            Incarnation = 2,
            Epoch = StoredKey<Epoch>.Absent,
            History = StoredKey<ClusterHistory>.Absent,
        };
    }

    /// <summary>The store says this, the leader's lease is good, and its holder answers out of recovery.</summary>
    private void See(ClusterView view, int timeline, SystemIdentifier? system = null)
    {
        var facts = new TopologyFacts { View = view, IsStoreReachable = true };
        if (LeaderStamp.Of(view) is { } stamp)
        {
            facts = facts with
            {
                Lease = new LeaderVoucher(stamp, _now + Ttl),
                Probed = new ProbedMember(
                    stamp,
                    new RoutedMember(stamp.Holder, view.LeaderMember!.Address!),
                    new BackendFacts.Answered(
                        IsInRecovery: false, system ?? ClusterViews.Identifier, new Timeline(timeline))),
            };
        }

        _topology = TopologyPolicy.Next(_topology, facts, _now);
    }
}
