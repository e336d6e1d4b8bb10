using Router.Cluster;
using Router.Cluster.Local;
using Router.Postgres.Files;
using Router.Postgres.Settings;
using Router.Postgres.Tests.Settings;

namespace Router.Postgres.Tests.Files;

public sealed class ConfWriterTests
{
    private static readonly FollowTarget Leader = new(new("lead"), new("10.0.0.1", 5433), "node_1");

    [Fact]
    public void Standby_role_and_synchronous_names_read_back()
    {
        var role = new RoleSettings(IsStandby: true, Leader) { SynchronousNames = "FIRST 1 (\"b\")" };

        var text = ConfWriter.Compose(SampleOptions.Create(), Merge("{}"), role);

        Assert.Equal(role, ConfWriter.Read(text, isSynchronous: false, isStandby: true));
        Assert.Contains("include 'postgresql.base.conf'", text, StringComparison.Ordinal);
        Assert.Contains("application_name=node-1", text, StringComparison.Ordinal);
        Assert.Contains("recovery_target_timeline = 'latest'", text, StringComparison.Ordinal);
        Assert.DoesNotContain("rep-secret", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Primary_has_no_recovery_parameters()
    {
        var text = ConfWriter.Compose(SampleOptions.Create(), Merge("{}"), RoleSettings.Primary);

        Assert.Null(ConfText.ValueOf(text, "primary_conninfo"));
        Assert.Null(ConfText.ValueOf(text, "synchronous_standby_names"));
        Assert.Equal("100", ConfText.ValueOf(text, "max_connections"));
    }

    [Fact]
    public void Names_of_the_user_count_until_the_agent_sets_some()
    {
        var settings = Merge("""{"postgresql": {"parameters": {"synchronous_standby_names": "mine"}}}""");
        var options = SampleOptions.Create();

        var own = ConfWriter.Compose(options, settings, RoleSettings.Primary);
        var managed = ConfWriter.Compose(options, settings, RoleSettings.Primary with { SynchronousNames = "" });

        Assert.Equal("mine", ConfText.ValueOf(own, "synchronous_standby_names"));
        Assert.Equal("", ConfText.ValueOf(managed, "synchronous_standby_names"));
        Assert.Null(ConfWriter.Read(own, isSynchronous: false, isStandby: false).SynchronousNames);
        Assert.Equal("mine", ConfWriter.Read(own, isSynchronous: true, isStandby: false).SynchronousNames);
    }

    [Fact]
    public void File_of_a_patroni_standby_tells_whom_it_follows()
    {
        const string Text = """
            include 'postgresql.base.conf'
            max_connections = '100'
            primary_conninfo = 'user=rep passfile=/tmp/pgpass host=10.0.0.9 port=5434 sslmode=prefer application_name=n'
            primary_slot_name = 'n'
            """;

        var role = ConfWriter.Read(Text, isSynchronous: false, isStandby: true);

        Assert.Equal(new FollowTarget(new MemberName(""), new MemberAddress("10.0.0.9", 5434), "n"), role.Follow);
    }

    private static ServerSettings Merge(string json) =>
        ServerSettings.Merge(SampleOptions.Create(), ClusterParameters.Parse(json)!);
}
