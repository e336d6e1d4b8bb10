using Router.Cluster;
using Router.Postgres.Options;
using Router.Postgres.Settings;

namespace Router.Postgres.Tests.Settings;

public sealed class ServerSettingsTests
{
    [Fact]
    public void Local_parameters_win_but_for_controlled_ones()
    {
        var merged = Merge(
            """{"postgresql": {"parameters": {"work_mem": "4MB", "Max_Connections": 50, "log_duration": true}}}""",
            new("WORK_MEM", "8MB"),
            new("max_connections", "70"));

        Assert.Equal("8MB", Find(merged.File, "work_mem"));
        Assert.Equal("on", Find(merged.File, "log_duration"));
        Assert.Equal("50", Find(merged.CommandLine, "max_connections"));
        Assert.Null(Find(merged.File, "max_connections"));
        Assert.Contains(merged.Warnings, warning => warning.Contains("max_connections", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("max_connections", "24", "100")]
    [InlineData("max_connections", "\"lots\"", "100")]
    [InlineData("max_wal_senders", "3", "3")]
    [InlineData("wal_level", "\"minimal\"", "replica")]
    [InlineData("wal_level", "\"logical\"", "logical")]
    [InlineData("wal_level", "\"hot_standby\"", "replica")]
    [InlineData("wal_log_hints", "false", "off")]
    [InlineData("track_commit_timestamp", "\"yes\"", "on")]
    [InlineData("hot_standby", "false", "on")]
    public void Controlled_parameters_are_checked(string name, string json, string value)
    {
        var merged = Merge($$$$"""{"postgresql": {"parameters": {"{{{{name}}}}": {{{{json}}}} }}}""");

        Assert.Equal(value, Find(merged.CommandLine, name));
    }

    [Fact]
    public void Address_scope_and_recovery_are_not_for_parameters_to_set()
    {
        var merged = Merge("""{"postgresql": {"parameters": {"port": 1, "primary_conninfo": "x", "bad name": 1}}}""");

        Assert.Equal("5432", Find(merged.CommandLine, "port"));
        Assert.Equal("127.0.0.1,10.0.0.2", Find(merged.CommandLine, "listen_addresses"));
        Assert.Equal("demo", Find(merged.CommandLine, "cluster_name"));
        Assert.Equal("wal_keep_size", Assert.Single(merged.File).Name);
        Assert.Equal(3, merged.Warnings.Count);
    }

    [Fact]
    public void Recovery_configuration_takes_commands_but_no_targets()
    {
        var merged = Merge(
            """{"postgresql": {"recovery_conf": {"restore_command": "cp", "recovery_target_time": "now", "primary_conninfo": "x"}}}""");

        Assert.Equal(new PostgresSetting("restore_command", "cp"), Assert.Single(merged.RecoveryConf));
    }

    [Fact]
    public void Standby_takes_the_larger_of_configuration_and_control_file()
    {
        var merged = Merge("""{"postgresql": {"parameters": {"max_connections": 50, "max_wal_senders": 20}}}""");

        var line = merged.StandbyCommandLine(
            new Dictionary<string, int> { ["max_connections"] = 200, ["max_wal_senders"] = 10 });

        Assert.Equal(("200", "20"), (Find(line, "max_connections"), Find(line, "max_wal_senders")));
    }

    [Theory]
    [InlineData("""{"synchronous_mode": true}""", true)]
    [InlineData("""{"synchronous_mode": "quorum"}""", true)]
    [InlineData("""{"synchronous_mode": "off"}""", false)]
    [InlineData("{}", false)]
    public void Synchronous_mode_is_read(string json, bool isSynchronous) => Assert.Equal(isSynchronous, Merge(json).IsSynchronous);

    [Theory]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("{")]
    public void What_is_no_object_is_refused(string json) => Assert.Null(ClusterParameters.Parse(json));

    [Theory]
    [InlineData("""{"postgresql": 5}""")]
    [InlineData("""{"postgresql": {"parameters": [1], "pg_hba": "x"}}""")]
    public void Sections_of_another_kind_are_left_out(string json) => Assert.Single(Merge(json).File);

    private static ServerSettings Merge(string json, params PostgresSetting[] local) =>
        ServerSettings.Merge(SampleOptions.Create(local), ClusterParameters.Parse(json)!);

    private static string? Find(EquatableList<PostgresSetting> settings, string name) =>
        settings.SingleOrDefault(setting => setting.Name == name)?.Value;
}
