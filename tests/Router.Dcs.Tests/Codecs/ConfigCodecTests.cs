using Router.Cluster;
using Router.Dcs.Codecs;

namespace Router.Dcs.Tests.Codecs;

public sealed class ConfigCodecTests
{
    [Fact]
    public void Empty_document_gives_the_defaults_without_a_warning()
    {
        var config = ConfigCodec.TryDecode("{}", TtlFloor.WithPatroni)!;

        Assert.Equal(HaSettings.Default, config.Settings);
        Assert.Empty(config.Warnings);
    }

    [Fact]
    public void Captured_document_is_read_and_kept_whole()
    {
        const string text =
            """{"ttl":20,"loop_wait":3,"retry_timeout":5,"maximum_lag_on_failover":1048576,"failsafe_mode":true,"postgresql":{"use_pg_rewind":true,"parameters":{"max_connections":30}},"slots":{"perm_phys":{"type":"physical"}}}""";

        var config = ConfigCodec.TryDecode(text, TtlFloor.WithPatroni)!;

        Assert.Equal(text, config.Json);
        Assert.Equal(TimeSpan.FromSeconds(20), config.Settings.Ttl);
        Assert.Equal(TimeSpan.FromSeconds(3), config.Settings.LoopWait);
        Assert.True(config.Settings.FailsafeMode);
        Assert.True(config.Settings.UsePgRewind);
        Assert.True(config.Settings.UseSlots);
        Assert.Empty(config.Warnings);
    }

    [Theory]
    [InlineData("""{"ttl":30,"loop_wait":20,"retry_timeout":10}""", 30, 10, 10, 1)]
    [InlineData("""{"ttl":20,"loop_wait":10,"retry_timeout":10}""", 20, 1, 9, 1)]
    [InlineData("""{"ttl":5}""", 20, 1, 9, 2)]
    [InlineData("""{"ttl":30,"loop_wait":0,"retry_timeout":1}""", 30, 1, 3, 2)]
    [InlineData("""{"ttl":"1min","loop_wait":"10s","retry_timeout":"5"}""", 60, 10, 5, 0)]
    [InlineData("""{"ttl":"soon"}""", 30, 10, 10, 1)]
    public void Timeouts_are_adjusted_as_patroni_does(string text, int ttl, int loopWait, int retryTimeout, int warnings)
    {
        var config = ConfigCodec.TryDecode(text, TtlFloor.WithPatroni)!;

        Assert.Equal(
            (ttl, loopWait, retryTimeout),
            ((int)config.Settings.Ttl.TotalSeconds,
                (int)config.Settings.LoopWait.TotalSeconds,
                (int)config.Settings.RetryTimeout.TotalSeconds));
        Assert.Equal(warnings, config.Warnings.Count);
    }

    [Fact]
    public void Small_ttl_is_for_clusters_without_a_patroni_member()
    {
        const string text = """{"ttl":8,"loop_wait":1,"retry_timeout":3}""";

        Assert.Equal(TimeSpan.FromSeconds(8), ConfigCodec.TryDecode(text, TtlFloor.RouterOnly)!.Settings.Ttl);
        var warning = ConfigCodec.TryDecode(text, TtlFloor.WithPatroni)!.Warnings[0];
        Assert.Equal("ttl=8 is too small (a Patroni member is present); 20 is used", warning);
    }

    [Theory]
    [InlineData("on", true)]
    [InlineData("\"on\"", true)]
    [InlineData("\"YES\"", true)]
    [InlineData("1", true)]
    [InlineData("true", true)]
    [InlineData("\"off\"", false)]
    [InlineData("0", false)]
    [InlineData("null", false)]
    public void Booleans_have_patronis_words(string value, bool expected)
    {
        var text = $$"""{"failsafe_mode":{{(value == "on" ? "\"on\"" : value)}}}""";

        Assert.Equal(expected, ConfigCodec.TryDecode(text, TtlFloor.WithPatroni)!.Settings.FailsafeMode);
    }

    [Theory]
    [InlineData("true", SynchronousMode.On)]
    [InlineData("\"on\"", SynchronousMode.On)]
    [InlineData("\"quorum\"", SynchronousMode.Quorum)]
    [InlineData("\"Quorum\"", SynchronousMode.Quorum)]
    [InlineData("false", SynchronousMode.Off)]
    [InlineData("\"maybe\"", SynchronousMode.Off)]
    public void Synchronous_mode_has_three_values(string value, SynchronousMode expected) => Assert.Equal(
        expected,
        ConfigCodec.TryDecode($$"""{"synchronous_mode":{{value}}}""", TtlFloor.WithPatroni)!.Settings.SynchronousMode);

    [Theory]
    [InlineData("""{"master_start_timeout":7}""", 7)]
    [InlineData("""{"primary_start_timeout":"5min"}""", 300)]
    [InlineData("""{"primary_start_timeout":9,"master_start_timeout":7}""", 9)]
    [InlineData("""{"primary_start_timeout":-1}""", 300)]
    public void Old_names_are_aliases(string text, int seconds) => Assert.Equal(
        TimeSpan.FromSeconds(seconds),
        ConfigCodec.TryDecode(text, TtlFloor.WithPatroni)!.Settings.PrimaryStartTimeout);

    [Theory]
    [InlineData("\"16MB\"", 16777216)]
    [InlineData("\"1.5kB\"", 1536)]
    [InlineData("1048576", 1048576)]
    [InlineData("\"3 parsecs\"", 1048576)]
    [InlineData("1e40", 1048576)]
    public void Lag_has_units_of_bytes(string value, long expected) => Assert.Equal(
        expected,
        ConfigCodec.TryDecode($$"""{"maximum_lag_on_failover":{{value}}}""", TtlFloor.WithPatroni)!
            .Settings.MaximumLagOnFailoverBytes);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"ttl\":")]
    [InlineData("null")]
    public void What_is_no_object_is_unreadable(string text) =>
        Assert.Null(ConfigCodec.TryDecode(text, TtlFloor.WithPatroni));

    [Theory]
    [InlineData("""{"a":1,"b":2}""", """{"a":null}""", """{"b":2}""")]
    [InlineData("""{"a":1,"b":2}""", """{"c":3,"a":4}""", """{"a":4,"b":2,"c":3}""")]
    [InlineData("""{"p":{"x":1,"y":2}}""", """{"p":{"x":null,"z":{"n":null,"k":1}}}""", """{"p":{"y":2,"z":{"k":1}}}""")]
    [InlineData("""{"a":1}""", """{"a":"1"}""", """{"a":1}""")]
    [InlineData("""{"a":[1,2]}""", """{"a":[3]}""", """{"a":[3]}""")]
    [InlineData("""{"a":{"b":1}}""", """{"a":5}""", """{"a":5}""")]
    [InlineData("""{"a":5}""", """{"a":{"b":1}}""", """{"a":{"b":1}}""")]
    [InlineData("{}", "{}", "{}")]
    public void Patch_merges(string document, string patch, string expected) =>
        Assert.Equal(expected, ConfigCodec.Patch(document, patch));

    [Theory]
    [InlineData("{", "{}")]
    [InlineData("{}", "[]")]
    public void Patch_of_what_is_no_object_gives_nothing(string document, string patch) =>
        Assert.Null(ConfigCodec.Patch(document, patch));

    [Theory]
    [InlineData("""{"a":1}""", """{"a":"1"}""", true)]
    [InlineData("""{"a":1,"b":{"c":true}}""", """{"b":{"c":"True"},"a":1}""", true)]
    [InlineData("""{"a":1}""", """{"a":1,"b":null}""", false)]
    [InlineData("""{"a":[1]}""", """{"a":["1"]}""", false)]
    public void Documents_compare_by_the_text_of_their_leaves(string left, string right, bool expected) =>
        Assert.Equal(expected, ConfigCodec.AreSame(left, right));
}
