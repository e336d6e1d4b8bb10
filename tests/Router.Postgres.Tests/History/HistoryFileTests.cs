using Router.Cluster;
using Router.Postgres.History;

namespace Router.Postgres.Tests.History;

public sealed class HistoryFileTests
{
    [Fact]
    public void Rows_are_read_and_comments_and_blank_lines_left_out()
    {
        var rows = HistoryFile.Parse(
            "# made by hand\n1\t0/5000000\tno recovery target specified\n\n2\t16/B374D848\tbefore 2026-11-23 08:00:00+00\n");

        Assert.Equal(
            [
                new HistoryLine(new Timeline(1), new Lsn(0x5000000), "no recovery target specified", null, null),
                new HistoryLine(new Timeline(2), new Lsn(0x16B374D848), "before 2026-11-23 08:00:00+00", null, null),
            ],
            rows);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x\t0/1\ty")]
    [InlineData("1\tnowhere\ty")]
    [InlineData("1")]
    public void Lines_that_are_no_rows_are_left_out(string text) => Assert.Empty(HistoryFile.Parse(text));

    [Fact]
    public void File_is_named_by_eight_hexadecimal_digits() =>
        Assert.Equal("0000001F.history", HistoryFile.NameOf(new Timeline(31)));
}
