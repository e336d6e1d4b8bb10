using Router.Postgres.Fencing;

namespace Router.Postgres.Tests.Fencing;

public sealed class PostmasterFileTests
{
    private const string Whole = "4711\n/data\n1700000000\n5432\n/tmp\nlocalhost\n  5432001     98304\nready   \n";

    [Fact]
    public void Process_and_segment_are_read()
    {
        Assert.Equal(
            new PostmasterFile(4711, IsSingleUser: false, new SharedSegment(5432001, 98304)),
            PostmasterFile.Parse(Whole));
    }

    [Fact]
    public void Negative_process_is_a_single_user_server()
    {
        Assert.Equal(
            new PostmasterFile(4711, IsSingleUser: true, null), PostmasterFile.Parse("-4711\n/data\n1700000000\n"));
    }

    [Fact]
    public void Key_beyond_the_signed_range_is_the_kernels_negative_key()
    {
        var file = PostmasterFile.Parse("1\n/d\n1\n5432\n/tmp\n\n4294967295 7\n");

        Assert.Equal(new SharedSegment(-1, 7), file!.Segment);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0\n")]
    [InlineData("garbage\n/data\n")]
    [InlineData("-2147483648\n")]
    public void What_is_no_lock_file_is_nothing(string text)
    {
        Assert.Null(PostmasterFile.Parse(text));
    }

    [Fact]
    public void Every_prefix_parses_or_is_nothing()
    {
        for (var length = 0; length <= Whole.Length; length++)
        {
            var file = PostmasterFile.Parse(Whole[..length]);
            Assert.True(file is null || length < 4 || file.Pid == 4711);
        }
    }
}
