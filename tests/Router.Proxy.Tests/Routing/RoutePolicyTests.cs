using Router.Cluster;
using Router.Proxy.Routing;

namespace Router.Proxy.Tests.Routing;

public sealed class RoutePolicyTests
{
    private static readonly BootTime Now = new(TimeSpan.FromSeconds(100));
    private static readonly VerifiedPrimary Primary = new(
        new PrimaryIdentity(new SystemIdentifier(1), new MemberName("a"), new Timeline(3)), Member("a"));

    private static readonly RoutingView Usable =
        new() { Primary = Primary, WritesUntil = Now + TimeSpan.FromSeconds(1), Replicas = [Member("b"), Member("c")] };

    [Fact]
    public void A_client_of_the_primary_gets_the_verified_one() =>
        Assert.Equal(new RouteDecision.Use(Primary.Member, Primary.Identity), Decide(ListenerKind.Primary, Usable));

    [Fact]
    public void Writes_wait_while_they_are_held() =>
        Assert.Equal(
            new RouteDecision.Wait("because"), Decide(ListenerKind.Primary, Usable with { Hold = "because" }));

    [Fact]
    public void Writes_wait_from_the_very_moment_the_licence_ends()
    {
        Assert.IsType<RouteDecision.Use>(
            Decide(ListenerKind.Primary, Usable with { WritesUntil = Now + TimeSpan.FromTicks(1) }));
        Assert.IsType<RouteDecision.Wait>(Decide(ListenerKind.Primary, Usable with { WritesUntil = Now }));
    }

    [Fact]
    public void Writes_wait_while_nothing_is_known() =>
        Assert.IsType<RouteDecision.Wait>(Decide(ListenerKind.Primary, RoutingView.Initial));

    [Theory]
    [InlineData(0, false, 0, false, "b")]
    [InlineData(1, false, 0, false, "c")]
    [InlineData(0, true, 9, false, "c")] // a failing replica is the last choice, however idle
    [InlineData(0, true, 9, true, "b")]
    public void A_client_of_the_replicas_gets_the_least_loaded(
        int ofB, bool isBFailing, int ofC, bool isCFailing, string expected) =>
        Assert.Equal(
            new RouteDecision.Use(Member(expected), Identity: null),
            RoutePolicy.Decide(
                new RouteRequest(ListenerKind.Replica, MayFallBackToPrimary: true),
                Usable,
                [new ReplicaLoad(ofB, isBFailing), new ReplicaLoad(ofC, isCFailing)],
                Now));

    [Fact]
    public void Replicas_serve_whatever_becomes_of_the_primary() =>
        Assert.IsType<RouteDecision.Use>(
            Decide(ListenerKind.Replica, Usable with { Primary = null, Hold = "no leader", WritesUntil = default }));

    [Fact]
    public void Without_a_replica_the_primary_serves_where_that_is_allowed()
    {
        var view = Usable with { Replicas = [] };
        Assert.Equal(new RouteDecision.Use(Primary.Member, Primary.Identity), Decide(ListenerKind.Replica, view));
        Assert.Equal(
            new RouteDecision.Wait("no replica is streaming"),
            RoutePolicy.Decide(new RouteRequest(ListenerKind.Replica, MayFallBackToPrimary: false), view, [], Now));
    }

    [Fact]
    public void A_session_is_cut_when_its_primary_is_no_longer_the_living_one()
    {
        Assert.False(RoutePolicy.MustCut(Primary.Identity, Usable));
        Assert.False(RoutePolicy.MustCut(Primary.Identity, Usable with { Hold = "the key is gone" }));
        Assert.True(RoutePolicy.MustCut(Primary.Identity, Usable with { Primary = null }));
        Assert.True(RoutePolicy.MustCut(Primary.Identity with { Timeline = new Timeline(2) }, Usable));
        Assert.True(RoutePolicy.MustCut(Primary.Identity with { Leader = new MemberName("b") }, Usable));
        Assert.True(RoutePolicy.MustCut(Primary.Identity with { System = new SystemIdentifier(2) }, Usable));
    }

    [Fact]
    public void A_session_on_a_replica_ends_when_its_member_is_no_standby_of_the_cluster()
    {
        var view = Usable with { Standbys = [new MemberName("b"), new MemberName("c")] };
        Assert.False(RoutePolicy.MustCut(new MemberName("c"), view));
        Assert.True(RoutePolicy.MustCut(new MemberName("a"), view));
    }

    private static RouteDecision Decide(ListenerKind kind, RoutingView view) =>
        RoutePolicy.Decide(
            new RouteRequest(kind, MayFallBackToPrimary: true), view, new ReplicaLoad[view.Replicas.Count], Now);

    private static RoutedMember Member(string name) => new(new MemberName(name), new MemberAddress(name, 5432));
}
