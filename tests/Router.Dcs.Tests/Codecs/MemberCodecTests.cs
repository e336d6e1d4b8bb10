using Router.Cluster;
using Router.Dcs.Codecs;

namespace Router.Dcs.Tests.Codecs;

public sealed class MemberCodecTests
{
    private const string CapturedReplica =
        """{"conn_url":"postgres://127.0.0.1:25431/postgres","api_url":"http://127.0.0.1:28001/patroni","state":"running","role":"replica","version":"4.1.4","tags":{"failover_priority":2,"zone":"z1"},"xlog_location":67381760,"replay_lsn":67381760,"receive_lsn":67381760,"replication_state":"streaming","timeline":1}""";

    private const string CapturedPrimary =
        """{"conn_url":"postgres://127.0.0.1:25430/postgres","api_url":"http://127.0.0.1:28000/patroni","state":"running","role":"primary","version":"4.1.4","tags":{"failover_priority":1,"zone":"z0"},"xlog_location":67381760,"timeline":1}""";

    private const string CapturedStandbyLeader =
        """{"conn_url":"postgres://127.0.0.1:1/postgres","api_url":"http://127.0.0.1:2/patroni","state":"running","role":"standby_leader","version":"4.1.4","checkpoint_after_promote":false,"xlog_location":100668304,"replay_lsn":100668304,"receive_lsn":100668304,"timeline":13}""";

    [Theory]
    [InlineData(CapturedReplica)]
    [InlineData(CapturedPrimary)]
    [InlineData(CapturedStandbyLeader)]
    public void Text_of_a_real_patroni_is_written_again_byte_for_byte(string captured)
    {
        var member = MemberCodec.Decode("node1", captured, new Revision(7));

        Assert.Equal(captured, MemberCodec.Encode(ReportOf(member)));
    }

    [Fact]
    public void Every_field_is_written_in_patronis_order()
    {
        var report = new MemberReport
        {
            ConnUrl = "postgres://h:5432/postgres",
            ApiUrl = "http://h:8008/patroni",
            State = "running",
            Role = MemberRole.Primary,
            Version = "4.1.4",
            ProxyUrl = "postgres://p:6432/postgres",
            AwaitsCheckpointAfterPromote = true,
            Tags = [new("zone", "\"z\"")],
            PendingRestart = true,
            PendingRestartReasons = [new PendingRestartReason("max_connections", "30", "40")],
            XlogLocation = new Lsn(5),
            Timeline = new Timeline(2),
            ScheduledRestart = new ScheduledRestart(
                new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero), "2026-11-23 01:19:05.872635+00:00", "primary"),
            Pause = true,
        };

        Assert.Equal(
            """{"conn_url":"postgres://h:5432/postgres","api_url":"http://h:8008/patroni","state":"running","role":"primary","version":"4.1.4","proxy_url":"postgres://p:6432/postgres","checkpoint_after_promote":false,"tags":{"zone":"z"},"pending_restart":true,"pending_restart_reason":{"max_connections":{"old_value":"30","new_value":"40"}},"xlog_location":5,"timeline":2,"scheduled_restart":{"schedule":"2030-01-01T00:00:00+00:00","role":"primary","postmaster_start_time":"2026-11-23 01:19:05.872635+00:00"},"pause":true,"agent":"router"}""",
            MemberCodec.Encode(report));
    }

    [Fact]
    public void Fields_of_a_member_are_read()
    {
        var member = MemberCodec.Decode("node1", CapturedReplica, new Revision(7));

        Assert.Equal(new MemberName("node1"), member.Name);
        Assert.Equal(new Revision(7), member.ModRevision);
        Assert.Equal(new MemberAddress("127.0.0.1", 25431), member.Address);
        Assert.Equal(MemberRole.Replica, member.Role);
        Assert.Equal(2, member.Tags.FailoverPriority);
        Assert.Equal("\"z1\"", member.Tags.Published["zone"]);
        Assert.Equal(new Lsn(67381760), member.ReceiveLsn);
        Assert.True(member.IsStreaming);
        Assert.Equal(new Timeline(1), member.Timeline);
        Assert.Null(member.Agent);
        Assert.False(member.IsUnreadable);
    }

    [Theory]
    [InlineData("master", MemberRole.Primary)]
    [InlineData("primary", MemberRole.Primary)]
    [InlineData("standby_leader", MemberRole.StandbyLeader)]
    [InlineData("demoted", MemberRole.Demoted)]
    [InlineData("something new", MemberRole.Unknown)]
    public void Role_is_read_with_its_old_word(string text, MemberRole expected)
    {
        var member = MemberCodec.Decode("a", $$"""{"role":"{{text}}"}""", new Revision(1));

        Assert.Equal(expected, member.Role);
    }

    [Fact]
    public void Raw_string_of_the_oldest_patroni_gives_both_urls()
    {
        var member = MemberCodec.Decode(
            "a", "postgres://u@10.0.0.1:5433/postgres?application_name=http://10.0.0.1:8008/patroni", new Revision(1));

        Assert.Equal("http://10.0.0.1:8008/patroni", member.ApiUrl);
        Assert.Equal(new MemberAddress("10.0.0.1", 5433), member.Address);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1]")]
    [InlineData("garbage")]
    public void Garbage_leaves_a_member_of_which_only_the_name_is_known(string? text)
    {
        var member = MemberCodec.Decode("a", text, new Revision(3));

        Assert.True(member.IsUnreadable);
        Assert.Equal(new MemberName("a"), member.Name);
        Assert.Equal(MemberRole.Unknown, member.Role);
    }

    [Theory]
    [InlineData("""{"nofailover":true,"failover_priority":5}""", false)]
    [InlineData("""{"nofailover":false,"failover_priority":0}""", true)]
    [InlineData("""{"failover_priority":0}""", false)]
    [InlineData("""{"failover_priority":"-1"}""", false)]
    [InlineData("""{"nofailover":"on"}""", false)]
    [InlineData("""{"zone":"a"}""", true)]
    public void Boolean_tag_wins_over_its_priority(string tags, bool mayFailover)
    {
        var member = MemberCodec.Decode("a", $$"""{"tags":{{tags}}}""", new Revision(1));

        Assert.Equal(mayFailover, member.Tags.MayFailover);
    }

    [Fact]
    public void Text_beyond_ascii_is_escaped_as_python_does()
    {
        var json = new CompactJson().Text("é\"\\\n\u007f<>&'").ToString();

        Assert.Equal("\"\\u00e9\\\"\\\\\\n\\u007f<>&'\"", json);
    }

    [Theory]
    [InlineData("postgres://[::1]:5432/postgres", "::1", 5432)]
    [InlineData("postgres://db_one.example/postgres", "db_one.example", 5432)]
    public void Address_comes_from_the_connection_url(string url, string host, int port)
    {
        var member = MemberCodec.Decode("a", $$"""{"conn_url":"{{url}}"}""", new Revision(1));

        Assert.Equal(new MemberAddress(host, port), member.Address);
    }

    private static MemberReport ReportOf(Member member) => new()
    {
        ConnUrl = member.ConnUrl!,
        ApiUrl = member.ApiUrl!,
        State = member.State,
        Role = member.Role,
        Version = member.Version!,
        AwaitsCheckpointAfterPromote = member.AwaitsCheckpointAfterPromote,
        Tags = member.Tags.Published.ToEquatableList(),
        XlogLocation = member.XlogLocation,
        ReplayLsn = member.ReplayLsn,
        ReceiveLsn = member.ReceiveLsn,
        ReplicationState = member.ReplicationState,
        Timeline = member.Timeline,
        Agent = member.Agent,
    };
}
