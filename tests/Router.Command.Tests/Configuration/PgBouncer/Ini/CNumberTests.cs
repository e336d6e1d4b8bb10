using Router.Configuration.PgBouncer.Ini;

namespace Router.Command.Tests.Configuration.PgBouncer.Ini;

public sealed class CNumberTests
{
    [Theory]
    [InlineData("0", 0L)]
    [InlineData("20", 20L)]
    [InlineData("-5", -5L)]
    [InlineData("+5", 5L)]
    [InlineData("0777", 511L)]
    [InlineData("00", 0L)]
    [InlineData("0x1F", 31L)]
    [InlineData("-0X10", -16L)]
    [InlineData("08", null)]
    [InlineData("0x", null)]
    [InlineData("1e3", null)]
    [InlineData("10s", null)]
    [InlineData("1 0", null)]
    [InlineData("", null)]
    [InlineData("on", null)]
    [InlineData("99999999999999999999", null)]
    [InlineData("0xffffffffffffffff", null)]
    public void Integer_is_in_the_notation_of_C(string text, long? expected) =>
        Assert.Equal(expected, CNumber.Integer(text));

    [Theory]
    [InlineData("15", 15_000)]
    [InlineData("0.5", 500)]
    [InlineData(".5", 500)]
    [InlineData("1e1", 10_000)]
    [InlineData("+2", 2_000)]
    [InlineData("010", 10_000)]
    [InlineData("0x10", 16_000)]
    [InlineData("inf", null)]
    [InlineData("-1", null)]
    [InlineData("1,5", null)]
    [InlineData("15s", null)]
    [InlineData("nan", null)]
    [InlineData("1e300", null)]
    [InlineData("", null)]
    public void Time_is_a_number_of_seconds(string text, int? milliseconds) =>
        Assert.Equal(milliseconds, (int?)CNumber.Seconds(text)?.TotalMilliseconds);

    [Theory]
    [InlineData("20", 20)]
    [InlineData("20,", 20)]
    [InlineData("-1", -1)]
    [InlineData("010", 10)]
    [InlineData("x", 0)]
    [InlineData("", 0)]
    [InlineData("99999999999999999999", int.MaxValue)]
    public void Number_of_an_entry_is_what_it_begins_with(string text, int expected) =>
        Assert.Equal(expected, CNumber.Leading(text));
}
