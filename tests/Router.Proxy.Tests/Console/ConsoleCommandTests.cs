using Router.Proxy.Console;

namespace Router.Proxy.Tests.Console;

public sealed class ConsoleCommandTests
{
    [Theory]
    [InlineData("SHOW POOLS", "SHOW", "POOLS")]
    [InlineData("  show\tpools ; ", "SHOW", "pools")]
    [InlineData("SELECT stats", "SHOW", "stats")]
    [InlineData("PAUSE", "PAUSE", null)]
    [InlineData("pause \"My \"\"DB\"\"\";", "PAUSE", "My \"DB\"")]
    [InlineData("KILL_CLIENT 17", "KILL_CLIENT", "17")]
    [InlineData("", "", null)]
    [InlineData(" ; ", "", null)]
    public void What_is_a_command(string sql, string verb, string? argument) =>
        Assert.Equal(new ConsoleCommand(verb, argument), ConsoleCommand.Parse(sql));

    [Theory]
    [InlineData("SHOW POOLS WHERE x = 1")]
    [InlineData("SHOW \"")]
    [InlineData("SHOW \"\"")]
    [InlineData("PAUSE a-b")]
    [InlineData("1")]
    [InlineData("-- remark")]
    public void What_is_none(string sql) => Assert.Null(ConsoleCommand.Parse(sql));

    [Fact]
    public void An_argument_has_64_characters_at_most()
    {
        Assert.NotNull(ConsoleCommand.Parse("PAUSE " + new string('a', 64)));
        Assert.Null(ConsoleCommand.Parse("PAUSE " + new string('a', 65)));
    }
}
