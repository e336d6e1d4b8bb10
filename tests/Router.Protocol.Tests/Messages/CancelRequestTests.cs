using Router.Protocol.Framing;
using Router.Protocol.Messages;

namespace Router.Protocol.Tests.Messages;

public sealed class CancelRequestTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(32)]
    [InlineData(256)]
    public void Keys_of_every_version_are_read_as_written(int length)
    {
        var key = new byte[length];
        new Random(length).NextBytes(key);
        var writer = new FrameWriter();
        new CancelRequest(-7, new CancelKey(key)).Write(writer);
        Assert.Equal(ScanStatus.Taken, StartupPacket.TryRead(writer.Written.Span, out var packet));
        Assert.Equal(StartupPacketKind.CancelRequest, packet.Kind);
        var read = CancelRequest.Parse(writer.Written.Span);
        Assert.Equal(-7, read?.ProcessId);
        Assert.True(read?.Key.Matches(new CancelKey(key)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(257)]
    public void Keys_of_other_lengths_are_refused(int length) =>
        Assert.Null(CancelRequest.Parse(
            new FrameWriter().BeginUntyped().Int32(StartupPacket.CancelRequestCode).Int32(1).Bytes(new byte[length])
                .End().Written.Span));

    [Fact]
    public void A_key_matches_only_itself_and_is_never_printed()
    {
        var key = new CancelKey([1, 2, 3, 4]);
        Assert.True(key.Matches(new CancelKey([1, 2, 3, 4])));
        Assert.False(key.Matches(new CancelKey([1, 2, 3, 5])));
        Assert.False(key.Matches(new CancelKey([1, 2, 3, 4, 0])));
        Assert.Equal("***", key.ToString());
        Assert.DoesNotContain("1", new CancelRequest(7, key).ToString(), StringComparison.Ordinal);
    }
}
