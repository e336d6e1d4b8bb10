using Router.Cluster;
using Router.Postgres.History;

namespace Router.Postgres.Tests.History;

public sealed class CheckpointRecordTests
{
    private const long Segment = 16 << 20;

    [Fact]
    public void End_is_read_from_the_line_of_a_shutdown_checkpoint()
    {
        const string Line = "rmgr: XLOG        len (rec/tot):    114/   114, tx:          0, lsn: 0/01741570, "
            + "prev 0/017414F8, desc: CHECKPOINT_SHUTDOWN redo 0/1741570; tli 1";

        Assert.Equal(new Lsn(0x17415E8), CheckpointRecord.EndOf(Line, new Lsn(0x1741570), Segment));
    }

    [Theory]
    [InlineData("")]
    [InlineData("rmgr: XLOG len (rec/tot): 114/ 114, tx: 0, lsn: 0/01741570, desc: CHECKPOINT_ONLINE redo 0/1")]
    [InlineData("rmgr: XLOG len (rec/tot): many, CHECKPOINT_SHUTDOWN")]
    public void Other_lines_have_no_end(string line) => Assert.Null(CheckpointRecord.EndOf(line, Lsn.Zero, Segment));

    [Theory]
    [InlineData(0x2000 - 120, 114, 0x2000)] // 114 bytes end inside the page, and are aligned to its end
    [InlineData(0x2000 - 112, 114, 0x2000 + 24 + 8)] // two bytes go behind the next page's header
    [InlineData(0x1000000 - 112, 114, 0x1000000 + 40 + 8)] // a segment's first page has the long one
    [InlineData(0x2000 - 114, 114, 0x2000)]
    public void Record_goes_on_behind_the_header_of_the_next_page(long start, int length, long end) =>
        Assert.Equal(new Lsn(end), CheckpointRecord.EndOf(new Lsn(start), length, Segment));
}
