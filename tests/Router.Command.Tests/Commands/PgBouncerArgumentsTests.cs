using Router.Commands;

namespace Router.Command.Tests.Commands;

/// <summary>The command line of PgBouncer, as getopt reads it.</summary>
public sealed class PgBouncerArgumentsTests
{
    [Theory]
    [InlineData("-d -q p.ini", true, true, 0, null)]
    [InlineData("p.ini -dqvv", true, true, 2, null)]
    [InlineData("-u postgres p.ini", false, false, 0, "postgres")]
    [InlineData("-vupostgres p.ini", false, false, 1, "postgres")]
    [InlineData("--user=postgres --verbose --daemon -- p.ini", true, false, 1, "postgres")]
    [InlineData("--user postgres --quiet p.ini", false, true, 0, "postgres")]
    public void Options_may_stand_together_and_anywhere(string line, bool isDaemon, bool isQuiet, int verbosity, string? user)
    {
        var parsed = PgBouncerArguments.Parse(line.Split(' '));
        Assert.Equal(
            ("p.ini", isDaemon, isQuiet, verbosity, user),
            (parsed.File, parsed.IsDaemon, parsed.IsQuiet, parsed.Verbosity, parsed.User));
    }

    [Theory]
    [InlineData("", "no configuration file specified")]
    [InlineData("a b", "no configuration file specified")]
    [InlineData("-x a", "invalid option -- 'x'")]
    [InlineData("--foo a", "unrecognized option '--foo'")]
    [InlineData("a -u", "option requires an argument -- 'u'")]
    public void What_does_not_fit_is_said_in_the_words_of_getopt(string line, string expected) => Assert.Equal(
        expected,
        Assert.Throws<UsageException>(() => PgBouncerArguments.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).Message);
}
