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
    [InlineData("SET query_timeout=5", "query_timeout", "5")]
    [InlineData(" set query_timeout TO '1.5' ;", "query_timeout", "1.5")]
    [InlineData("SET server_reset_query = 'SELECT ''x'''", "server_reset_query", "SELECT 'x'")]
    public void What_SET_sets(string sql, string key, string value) =>
        Assert.Equal(new ConsoleCommand("SET", key, value), ConsoleCommand.Parse(sql));

    [Theory]
    [InlineData("SET query_timeout = 1 2")]
    [InlineData("SHOW POOLS WHERE x = 1")]
    [InlineData("SHOW \"")]
    [InlineData("SHOW \"\"")]
    [InlineData("PAUSE a-b")]
    [InlineData("-- remark")]
    public void What_is_none(string sql) => Assert.Null(ConsoleCommand.Parse(sql));

    [Fact]
    public void An_argument_has_63_characters_at_most()
    {
        Assert.False(ConsoleCommand.Parse("PAUSE " + new string('a', 63))!.IsTooLong);
        Assert.True(ConsoleCommand.Parse("PAUSE " + new string('a', 64))!.IsTooLong);
    }
}
