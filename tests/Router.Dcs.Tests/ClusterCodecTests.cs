using Router.Cluster;

namespace Router.Dcs.Tests;

public sealed class ClusterCodecTests
{
    [Fact]
    public void No_keys_give_an_empty_view()
    {
        var view = ClusterCodec.Decode([], new Revision(4), incarnation: 2);

        Assert.True(view.IsEmpty);
        Assert.Equal(new Revision(4), view.Revision);
        Assert.Equal(2, view.Incarnation);
        Assert.True(view.Leader.IsAbsent);
    }

    [Fact]
    public void Captured_cluster_is_read()
    {
        var view = ClusterCodec.Decode(
            [
                Key("leader", "node0", create: 9, mod: 9, lease: 77),
                Key("initialize", "7711170303901652206"),
                Key("members/node1", """{"state":"running","role":"replica"}"""),
                Key("members/node0", """{"state":"running","role":"primary"}""", lease: 77),
                Key("members/node0/deeper", "x"),
                Key("optime/leader", "5"),
                Key("status", """{"optime":67381760}"""),
                Key("router/proxy-a", "ours to ignore"),
            ],
            new Revision(20));

        Assert.Equal(
            new LeaderLock(new MemberName("node0"), 77, new Revision(9), new Revision(9)), view.Leader.Value);
        Assert.Equal(["node0", "node1"], view.Members.Select(member => member.Name.Value));
        Assert.Equal(MemberRole.Primary, view.LeaderMember!.Role);
        Assert.Equal(new Lsn(67381760), view.Status.Value!.Optime);
        Assert.Equal(7711170303901652206ul, view.Initialize.Value!.Identifier!.Value.Value);
        Assert.False(view.IsEmpty);
    }

    [Fact]
    public void Position_of_the_oldest_patroni_is_read_where_there_is_no_status()
    {
        var view = ClusterCodec.Decode([Key("optime/leader", "5")], new Revision(2));

        Assert.Equal(new Lsn(5), view.Status.Value!.Optime);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("\0")]
    [InlineData("[[[[")]
    [InlineData("{\"leader\":{}}")]
    [InlineData("99999999999999999999999999")]
    [InlineData(null)]
    public void Garbage_under_any_name_neither_fails_nor_looks_absent(string? garbage)
    {
        string[] names = ["leader", "initialize", "epoch", "config", "status", "failover", "history", "sync", "failsafe"];

        var view = ClusterCodec.Decode([.. names.Select(name => Key(name, garbage)), Key("members/a", garbage)], new Revision(9));

        Assert.False(view.Leader.IsAbsent || view.Initialize.IsAbsent || view.Epoch.IsAbsent || view.Config.IsAbsent);
        Assert.False(view.Status.IsAbsent || view.Failover.IsAbsent || view.History.IsAbsent || view.Sync.IsAbsent);
        Assert.False(view.Failsafe.IsAbsent);
        Assert.True(view.History.IsUnreadable && view.Epoch.IsUnreadable);
        _ = Assert.Single(view.Members);
    }

    [Fact]
    public void Small_ttl_holds_until_a_patroni_member_appears()
    {
        var config = Key("config", """{"ttl":8,"loop_wait":1,"retry_timeout":3}""");
        var ours = Key("members/a", """{"state":"running","agent":"router"}""");
        var patroni = Key("members/b", """{"state":"running"}""");

        var alone = ClusterCodec.Decode([config, ours], new Revision(3));
        var mixed = ClusterCodec.Decode([config, ours, patroni], new Revision(3));

        Assert.Equal(TimeSpan.FromSeconds(8), alone.Config.Value!.Settings.Ttl);
        Assert.Equal(TimeSpan.FromSeconds(20), mixed.Config.Value!.Settings.Ttl);
    }

    private static RawKey Key(string path, string? value, long create = 1, long mod = 2, long lease = 0) =>
        new(path, value, new Revision(create), new Revision(mod), lease);
}
