using Router.Cluster;
using Router.Dcs.Codecs;

namespace Router.Dcs.Tests.Codecs;

public sealed class KeyCodecTests
{
    private const string CapturedStatus =
        """{"optime":67381760,"slots":{"node0":67381760,"node1":67381760,"perm_phys":24456512},"retain_slots":["node0","node1","node2"]}""";

    private const string CapturedHistory =
        """[[1,67382056,"no recovery target specified","2026-11-23T01:21:46.324147+00:00","node1"]]""";

    [Theory]
    [InlineData(CapturedStatus)]
    [InlineData("""{"optime":0}""")]
    public void Status_round_trips(string text) => Assert.Equal(text, StatusCodec.Encode(StatusCodec.TryDecode(text)!));

    [Theory]
    [InlineData("67381760")]
    [InlineData("\"67381760\"")]
    [InlineData("""{"optime":"67381760"}""")]
    public void Status_is_read_in_its_old_forms(string text) =>
        Assert.Equal(new Lsn(67381760), StatusCodec.TryDecode(text)!.Optime);

    [Fact]
    public void Slots_that_are_text_in_the_text_are_read()
    {
        var status = StatusCodec.TryDecode("""{"optime":5,"slots":"{\"a\":3}","retain_slots":"[\"a\"]"}""")!;

        Assert.Equal(new Lsn(3), status.Slots["a"]);
        Assert.Equal("a", Assert.Single(status.RetainSlots));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"optime":"x"}""")]
    [InlineData("""{"optime":1,"slots":[]}""")]
    [InlineData("""{"optime":1,"retain_slots":{}}""")]
    [InlineData("1.5")]
    [InlineData("null")]
    public void Status_without_a_position_is_unreadable(string text) => Assert.Null(StatusCodec.TryDecode(text));

    [Theory]
    [InlineData("""{"leader":"node1","quorum":0,"sync_standby":"node2"}""")]
    [InlineData("""{"leader":"node1","quorum":1,"sync_standby":"node0,node2"}""")]
    [InlineData("""{"leader":"node1","quorum":0,"sync_standby":null}""")]
    public void Sync_round_trips(string text) => Assert.Equal(text, SyncCodec.Encode(SyncCodec.TryDecode(text)!));

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"leader":null,"sync_standby":null}""")]
    [InlineData("""{"leader":""}""")]
    public void Sync_without_a_leader_is_inactive(string text) => Assert.False(SyncCodec.TryDecode(text)!.IsActive);

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"leader":5}""")]
    [InlineData("""{"leader":"a","sync_standby":["b"]}""")]
    [InlineData("""{"leader":"a","quorum":-1}""")]
    public void Sync_garbage_is_unreadable(string text) => Assert.Null(SyncCodec.TryDecode(text));

    [Fact]
    public void Sync_names_match_without_regard_to_case()
    {
        var sync = SyncCodec.TryDecode("""{"leader":"Node1","sync_standby":"Node2, node3"}""")!;

        Assert.True(sync.MayBePromoted(new MemberName("NODE2")));
        Assert.True(sync.MayBePromoted(new MemberName("node1")));
        Assert.True(sync.MayBePromoted(new MemberName("node3")));
        Assert.False(sync.MayBePromoted(new MemberName("node4")));
    }

    [Theory]
    [InlineData("""{"leader":"node0","member":"node1"}""")]
    [InlineData("""{"leader":"node0","member":"node1","scheduled_at":"2030-01-01T00:00:00+00:00"}""")]
    [InlineData("""{"leader":"node0","member":"node1","scheduled_at":"2030-01-01T00:00:00.250000+01:00"}""")]
    [InlineData("""{"member":"node1"}""")]
    [InlineData("{}")]
    public void Failover_round_trips(string text) =>
        Assert.Equal(text, FailoverCodec.Encode(FailoverCodec.TryDecode(text)!));

    [Theory]
    [InlineData("a:b", "a", "b")]
    [InlineData(":b", null, "b")]
    [InlineData("a:", "a", null)]
    public void Old_failover_text_is_read(string text, string? leader, string? candidate)
    {
        var request = FailoverCodec.TryDecode(text)!;

        Assert.Equal(leader, request.Leader?.Value);
        Assert.Equal(candidate, request.Candidate?.Value);
    }

    [Theory]
    [InlineData("""{"leader":""")]
    [InlineData("""{"leader":"a","scheduled_at":"soon"}""")]
    [InlineData("a:b:c")]
    [InlineData(":")]
    [InlineData("garbage")]
    public void Failover_garbage_is_unreadable(string text) => Assert.Null(FailoverCodec.TryDecode(text));

    [Theory]
    [InlineData(CapturedHistory)]
    [InlineData("[]")]
    [InlineData("""[[1,25623960,"no recovery target specified"],[2,25624344,"x","2019-09-23T16:57:57+00:00"]]""")]
    public void History_round_trips(string text) => Assert.Equal(text, HistoryCodec.Encode(HistoryCodec.TryDecode(text)!));

    [Fact]
    public void Cluster_is_on_the_timeline_after_the_last_row()
    {
        Assert.Equal(new Timeline(2), HistoryCodec.TryDecode(CapturedHistory)!.CurrentTimeline);
        Assert.Equal(new Timeline(1), HistoryCodec.TryDecode("[]")!.CurrentTimeline);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[[1]]")]
    [InlineData("[[\"x\",1,\"r\"]]")]
    [InlineData("[[0,1,\"r\"]]")]
    [InlineData("[1]")]
    public void History_garbage_is_unreadable(string text) => Assert.Null(HistoryCodec.TryDecode(text));

    [Fact]
    public void Epoch_round_trips()
    {
        var epoch = new Epoch(3, new MemberName("a"), new Timeline(2), IsOpened: true);

        Assert.Equal(epoch, EpochCodec.TryDecode(EpochCodec.Encode(epoch)));
        Assert.Equal("""{"number":3,"holder":"a","timeline":2,"opened":true}""", EpochCodec.Encode(epoch));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"number":1,"holder":"a","timeline":-1,"opened":true}""")]
    [InlineData("""{"number":1,"holder":"a","timeline":1}""")]
    public void Epoch_garbage_is_unreadable(string text) => Assert.Null(EpochCodec.TryDecode(text));

    [Fact]
    public void Failsafe_round_trips()
    {
        const string text =
            """{"node0":"http://127.0.0.1:28000/patroni","node1":"http://127.0.0.1:28001/patroni"}""";

        Assert.Equal(text, FailsafeCodec.Encode(FailsafeCodec.TryDecode(text)!));
        Assert.Null(FailsafeCodec.TryDecode("""{"node0":null}"""));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("7711170303901652206", true)]
    [InlineData("123", false)]
    [InlineData("x", false)]
    public void Initialize_is_empty_or_a_system_identifier(string text, bool isReadable) =>
        Assert.Equal(isReadable, InitializeCodec.TryDecode(text) is { } read && InitializeCodec.Encode(read) == text);
}
