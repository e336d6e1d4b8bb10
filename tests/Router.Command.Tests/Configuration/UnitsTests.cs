using Router.Configuration;

namespace Router.Command.Tests.Configuration;

public sealed class UnitsTests
{
    [Theory]
    [InlineData("30", 30_000)]
    [InlineData("10s", 10_000)]
    [InlineData("10 s", 10_000)]
    [InlineData("0.5", 500)]
    [InlineData("500ms", 500)]
    [InlineData("2min", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("1500us", 1.5)]
    [InlineData("0", 0)]
    public void Times_have_postgresql_units_and_bare_numbers_are_seconds(string text, double milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Units.Duration(text));

    [Theory]
    [InlineData("512MB", 536_870_912)]
    [InlineData("64kB", 65_536)]
    [InlineData("1.5kB", 1_536)]
    [InlineData("2GB", 2_147_483_648)]
    [InlineData("1TB", 1_099_511_627_776)]
    [InlineData("100", 100)]
    [InlineData("100B", 100)]
    public void Sizes_have_postgresql_units_and_bare_numbers_are_bytes(string text, long bytes) =>
        Assert.Equal(bytes, Units.SizeBytes(text));

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-1")]
    [InlineData("1.s")]
    [InlineData("10 parsecs")]
    [InlineData("10S")]
    [InlineData("99999999999999999999999d")]
    public void Anything_else_is_no_time(string text) => Assert.Null(Units.Duration(text));

    [Theory]
    [InlineData("512mb")]
    [InlineData("MB")]
    [InlineData("10s")]
    [InlineData("99999999TB")]
    public void Anything_else_is_no_size(string text) => Assert.Null(Units.SizeBytes(text));
}
