using Router.Cluster;
using Router.Proxy.Routing;

namespace Router.Proxy.Tests.Routing;

public sealed class TopologyPolicyTests
{
    private static readonly SystemIdentifier System = new(7_000_000_000);
    private static readonly BootTime Now = new(TimeSpan.FromSeconds(1000));
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private static readonly ClusterView View = new()
    {
        Incarnation = 1,
        Initialize = StoredKey<Initialization>.Present(new Initialization(System), new Revision(1)),
        Leader = LeaderKey("a", 10),
        History = StoredKey<ClusterHistory>.Present(new ClusterHistory([]), new Revision(2)),
        Members = [Member("a", MemberRole.Primary), Member("b"), Member("c")],
    };

    /// <summary>Member a leads on timeline 1, verified and vouched for.</summary>
    private static readonly TopologyFacts Facts = Probed(Leased(new TopologyFacts { View = View, IsStoreReachable = true }));

    private static readonly Topology Led = TopologyPolicy.Next(Topology.Initial, Facts, Now);

    [Fact]
    public void A_verified_and_vouched_leader_is_usable()
    {
        Assert.Null(Led.View.Hold);
        Assert.Equal(Identity("a", 1), Led.View.UsablePrimary(Now)?.Identity);
        Assert.Equal(Now + Lease, Led.View.WritesUntil);
        Assert.Equal(["b", "c"], Led.View.Replicas.Select(replica => replica.Name.Value));
    }

    [Fact]
    public void Before_the_first_reading_nothing_is_usable() =>
        Assert.Same(Topology.Initial, TopologyPolicy.Next(Topology.Initial, TopologyFacts.None, Now));

    [Fact]
    public void A_leader_is_held_until_sql_has_verified_it()
    {
        var next = TopologyPolicy.Next(Topology.Initial, Facts with { Probed = null }, Now);
        Assert.Equal((null, "the leader has not been verified yet"), (next.View.Primary, next.View.Hold));
    }

    [Fact]
    public void A_leader_is_held_until_its_lease_was_read()
    {
        var next = TopologyPolicy.Next(Topology.Initial, Facts with { Lease = null }, Now);
        Assert.Equal("the leader's lease has not been read yet", next.View.Hold);
        Assert.Null(next.View.UsablePrimary(Now));
    }

    [Theory]
    [InlineData(true, 7_000_000_000, 1, "the leader is still in recovery")]
    [InlineData(false, 7_000_000_001, 1, "the leader has system identifier 7000000001, the cluster 7000000000")]
    [InlineData(false, 7_000_000_000, 0, "the leader is on timeline 0, but timeline 1 has been seen")]
    public void A_leader_that_is_not_the_primary_it_should_be_is_held_and_named(
        bool isInRecovery, ulong system, int timeline, string expected)
    {
        var facts = Probed(Facts, new BackendFacts.Answered(isInRecovery, new SystemIdentifier(system), new(timeline)));
        Assert.Equal(expected, TopologyPolicy.Next(Topology.Initial, facts, Now).View.Hold);
    }

    [Fact]
    public void The_history_bars_an_older_timeline()
    {
        var history = new ClusterHistory([new HistoryLine(new(4), Lsn.Zero, "promoted", null, null)]);
        var view = View with { History = StoredKey<ClusterHistory>.Present(history, new Revision(3)) };
        var next = TopologyPolicy.Next(Topology.Initial, Facts with { View = view }, Now);
        Assert.Equal("the leader is on timeline 1, but timeline 5 has been seen", next.View.Hold);
    }

    [Fact]
    public void Without_a_known_system_identifier_nothing_is_verified()
    {
        var view = View with { Initialize = StoredKey<Initialization>.Absent };
        Assert.Equal(
            "the store does not say which system identifier the cluster has",
            TopologyPolicy.Next(Topology.Initial, Facts with { View = view }, Now).View.Hold);
    }

    [Fact]
    public void The_same_leader_writing_its_key_again_is_verified_again_and_nothing_is_cut()
    {
        var rewritten = Facts with { View = View with { Leader = LeaderKey("a", 11) } };
        var held = TopologyPolicy.Next(Led, rewritten, Now);
        Assert.Same(Led.View.Primary, held.View.Primary);
        Assert.Equal("the leader has not been verified yet", held.View.Hold);

        var verified = TopologyPolicy.Next(held, Probed(Leased(rewritten)), Now);
        Assert.Same(Led.View.Primary, verified.View.Primary);
        Assert.Null(verified.View.Hold);
    }

    [Fact]
    public void The_same_leader_on_a_new_timeline_is_another_primary()
    {
        var rewritten = Leased(Facts with { View = View with { Leader = LeaderKey("a", 11) } });
        var next = TopologyPolicy.Next(Led, Probed(rewritten, Answer(timeline: 2)), Now);
        Assert.Equal(Identity("a", 2), next.View.UsablePrimary(Now)?.Identity);
    }

    [Fact]
    public void Another_leader_ends_the_old_primary_before_it_is_verified_itself()
    {
        var other = Facts with { View = View with { Leader = LeaderKey("b", 12) } };
        var next = TopologyPolicy.Next(Led, other, Now);
        Assert.Equal((null, "the leader has not been verified yet"), (next.View.Primary, next.View.Hold));

        var usable = TopologyPolicy.Next(next, Probed(Leased(other), Answer(timeline: 2)), Now);
        Assert.Equal(Identity("b", 2), usable.View.UsablePrimary(Now)?.Identity);
        Assert.Equal(["c"], usable.View.Replicas.Select(replica => replica.Name.Value));
    }

    [Fact]
    public void An_answer_given_under_an_older_key_verifies_nothing()
    {
        var other = Facts with { View = View with { Leader = LeaderKey("a", 11), Incarnation = 2 } };
        Assert.NotNull(TopologyPolicy.Next(Topology.Initial, other, Now).View.Hold);
    }

    [Fact]
    public void A_store_that_began_a_new_history_makes_the_leader_prove_itself_again()
    {
        var next = TopologyPolicy.Next(Led, Facts with { View = View with { Incarnation = 2 } }, Now);
        Assert.Same(Led.View.Primary, next.View.Primary);
        Assert.Equal("the leader has not been verified yet", next.View.Hold);
    }

    [Fact]
    public void A_deleted_key_holds_and_cuts_nothing()
    {
        var next = TopologyPolicy.Next(Led, WithoutLeader(), Now);
        Assert.Same(Led.View.Primary, next.View.Primary);
        Assert.Equal("no member holds the leader lock", next.View.Hold);
        Assert.Null(next.View.UsablePrimary(Now));
    }

    [Fact]
    public void A_garbled_key_holds_and_cuts_nothing()
    {
        var facts = Facts with { View = View with { Leader = StoredKey<LeaderLock>.Unreadable(new Revision(13)) } };
        var next = TopologyPolicy.Next(Led, facts, Now);
        Assert.Same(Led.View.Primary, next.View.Primary);
        Assert.Equal("the leader key cannot be read", next.View.Hold);
    }

    public static TheoryData<BackendFacts, bool> LeaderlessAnswers => new()
    {
        { new BackendFacts.Answered(IsInRecovery: true, System, new(1)), true },
        { new BackendFacts.Gone("refused"), true },
        { new BackendFacts.Silent("no answer"), false },
        { new BackendFacts.Answered(IsInRecovery: false, System, new(1)), false },
    };

    [Theory]
    [MemberData(nameof(LeaderlessAnswers))]
    public void Without_a_leader_sessions_end_only_when_their_primary_is_seen_to_be_over(BackendFacts answer, bool isOver)
    {
        var facts = WithoutLeader() with { Probed = new ProbedMember(Stamp: null, Led.View.Primary!.Member, answer) };
        Assert.Equal(isOver, TopologyPolicy.Next(Led, facts, Now).View.Primary is null);
    }

    [Fact]
    public void Without_a_leader_sessions_end_when_their_primary_has_left_the_cluster()
    {
        var facts = WithoutLeader();
        facts = facts with { View = facts.View! with { Members = [Member("b"), Member("c")] } };
        Assert.Null(TopologyPolicy.Next(Led, facts, Now).View.Primary);
    }

    [Fact]
    public void A_key_that_comes_back_with_the_same_primary_cuts_nothing()
    {
        var held = TopologyPolicy.Next(Led, WithoutLeader(), Now);
        var back = Probed(Leased(Facts with { View = View with { Leader = LeaderKey("a", 14) } }));
        var next = TopologyPolicy.Next(held, back, Now);
        Assert.Same(Led.View.Primary, next.View.UsablePrimary(Now));
    }

    [Fact]
    public void A_primary_that_is_seen_in_recovery_is_over_although_it_holds_the_key()
    {
        var next = TopologyPolicy.Next(
            Led, Probed(Facts, new BackendFacts.Answered(IsInRecovery: true, System, new(1))), Now);
        Assert.Equal((null, "the leader is still in recovery"), (next.View.Primary, next.View.Hold));
    }

    [Fact]
    public void A_verified_primary_that_misses_one_probe_stays()
    {
        var next = TopologyPolicy.Next(Led, Probed(Facts, new BackendFacts.Silent("no answer")), Now);
        Assert.Same(Led.View.Primary, next.View.UsablePrimary(Now));
    }

    [Fact]
    public void Without_the_store_writes_end_with_the_lease_and_sessions_stay()
    {
        var lost = Facts with { IsStoreReachable = false };
        Assert.Null(TopologyPolicy.Next(Led, lost, Now + Lease - TimeSpan.FromTicks(1)).View.Hold);
        var next = TopologyPolicy.Next(Led, lost, Now + Lease);
        Assert.Same(Led.View.Primary, next.View.Primary);
        Assert.Equal("the store does not answer, and neither does the leader's agent", next.View.Hold);
    }

    [Fact]
    public void Without_the_store_the_leaders_agent_prolongs_writes_second_by_second()
    {
        var later = Now + Lease + TimeSpan.FromSeconds(5);
        var until = later + TimeSpan.FromSeconds(1);
        var lost = Facts with
        {
            IsStoreReachable = false,
            Agent = new LeaderVoucher(LeaderStamp.Of(View)!, until),
        };
        var next = TopologyPolicy.Next(Led, lost, later);
        Assert.Equal((null, until), (next.View.Hold, next.View.WritesUntil));
        Assert.NotNull(TopologyPolicy.Next(Led, lost, until).View.Hold);
    }

    [Fact]
    public void A_voucher_for_another_writing_of_the_key_counts_for_nothing()
    {
        var rewritten = Probed(Facts with { View = View with { Leader = LeaderKey("a", 11) } });
        Assert.Equal("the leader's lease has not been read yet", TopologyPolicy.Next(Led, rewritten, Now).View.Hold);
    }

    [Fact]
    public void Replicas_are_members_that_stream_and_want_load()
    {
        var view = View with
        {
            Members =
            [
                Member("a", MemberRole.Primary),
                Member("b") with { State = "stopped" },
                Member("c") with { ReplicationState = "in archive recovery" },
                Member("d") with { Tags = new MemberTags { NoLoadBalance = true } },
                Member("e") with { Address = null },
                Member("f"),
            ],
        };
        var next = TopologyPolicy.Next(Led, Facts with { View = view }, Now);
        Assert.Equal(["f"], next.View.Replicas.Select(replica => replica.Name.Value));
    }

    [Fact]
    public void Standbys_are_the_members_that_are_no_primary_whether_they_stream_or_not()
    {
        var view = View with
        {
            Members =
            [
                Member("a", MemberRole.Primary),
                Member("b") with { ReplicationState = "in archive recovery" },
                Member("c") with { State = "starting" },
                Member("d", MemberRole.Primary),
            ],
        };
        Assert.Equal(["b", "c"], StandbysOf(TopologyPolicy.Next(Led, Facts with { View = view }, Now)));
        Assert.Equal(["b", "c"], StandbysOf(Led));
    }

    [Fact]
    public void A_replica_whose_key_is_gone_has_left_only_where_somebody_leads()
    {
        var without = View with { Members = [Member("a", MemberRole.Primary), Member("b")] };
        Assert.Equal(["b"], StandbysOf(TopologyPolicy.Next(Led, Facts with { View = without }, Now)));
        var wiped = Facts with { View = new ClusterView { Incarnation = 2, IsEmpty = true } };
        Assert.Equal(["b", "c"], StandbysOf(TopologyPolicy.Next(Led, wiped, Now)));
    }

    [Fact]
    public void The_holder_of_the_lock_is_asked_and_without_one_the_last_primary()
    {
        Assert.Equal((LeaderStamp.Of(View), Led.View.Primary!.Member), TopologyPolicy.ProbeTarget(Led, Facts));
        Assert.Equal((null, Led.View.Primary!.Member), TopologyPolicy.ProbeTarget(Led, WithoutLeader()));
        Assert.Null(TopologyPolicy.ProbeTarget(Topology.Initial, WithoutLeader()));
        Assert.Null(TopologyPolicy.ProbeTarget(Topology.Initial, TopologyFacts.None));
    }

    private static IEnumerable<string> StandbysOf(Topology topology) =>
        topology.View.Standbys.Select(static name => name.Value);

    private static TopologyFacts WithoutLeader() =>
        Facts with { View = View with { Leader = StoredKey<LeaderLock>.Absent } };

    private static TopologyFacts Leased(TopologyFacts facts) =>
        facts with { Lease = new LeaderVoucher(LeaderStamp.Of(facts.View!)!, Now + Lease) };

    private static TopologyFacts Probed(TopologyFacts facts, BackendFacts? answer = null)
    {
        var stamp = LeaderStamp.Of(facts.View!)!;
        var member = new RoutedMember(stamp.Holder, new MemberAddress(stamp.Holder.Value, 5432));
        return facts with { Probed = new ProbedMember(stamp, member, answer ?? Answer()) };
    }

    private static BackendFacts.Answered Answer(int timeline = 1) => new(IsInRecovery: false, System, new(timeline));

    private static PrimaryIdentity Identity(string leader, int timeline) =>
        new(System, new MemberName(leader), new Timeline(timeline));

    private static StoredKey<LeaderLock> LeaderKey(string holder, long revision) => StoredKey<LeaderLock>.Present(
        new LeaderLock(new MemberName(holder), 1, new Revision(revision), new Revision(revision)), new Revision(revision));

    private static Member Member(string name, MemberRole role = MemberRole.Replica) => new()
    {
        Name = new MemberName(name),
        Address = new MemberAddress(name, 5432),
        Role = role,
        State = "running",
        ReplicationState = role == MemberRole.Replica ? "streaming" : null,
    };
}
