using Router.Postgres.Processes;

namespace Router.Postgres.Tests.Processes;

public sealed class LockFileTests
{
    private const string Text = "17230\n/data\n1795423838\n5999\n/run/sock\n127.0.0.1\n 11674823         4\nready   \n";

    [Fact]
    public void Every_line_that_we_use_is_read() =>
        Assert.Equal(new LockFile(17230, "/data", 5999, "/run/sock", "127.0.0.1", "ready"), LockFile.Parse(Text));

    [Fact]
    public void Every_prefix_is_nothing_or_a_file_that_is_not_ready()
    {
        for (var length = 0; length < Text.IndexOf("ready", StringComparison.Ordinal); length++)
        {
            Assert.False(LockFile.Parse(Text[..length]) is { IsReady: true });
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("-17230\n/data\n")]
    [InlineData("x\n/data\n")]
    [InlineData("0\n/data\n")]
    public void Single_user_servers_and_other_texts_are_no_postmaster(string text) => Assert.Null(LockFile.Parse(text));
}
