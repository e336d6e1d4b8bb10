using Router.Protocol.Framing;

namespace Router.Protocol.Tests.Framing;

public sealed class FrameHeaderTests
{
    [Theory]
    [InlineData(new byte[] { }, ScanStatus.NeedMore)]
    [InlineData(new byte[] { (byte)'Q', 0, 0, 0 }, ScanStatus.NeedMore)]
    [InlineData(new byte[] { (byte)'Q', 0, 0, 0, 4 }, ScanStatus.Taken)]
    [InlineData(new byte[] { (byte)'Q', 0, 0, 0, 3 }, ScanStatus.Malformed)]
    [InlineData(new byte[] { (byte)'Q', 0xFF, 0xFF, 0xFF, 0xFF }, ScanStatus.Malformed)]
    [InlineData(new byte[] { (byte)'S', 0, 0, 0x27, 0x11 }, ScanStatus.Malformed)]
    public void A_header_is_taken_only_with_a_possible_length(byte[] input, ScanStatus expected) =>
        Assert.Equal(expected, FrameHeader.TryRead(input, FrameSide.Frontend, out _));

    [Fact]
    public void The_length_word_counts_itself_but_not_the_type()
    {
        FrameHeader.TryRead([(byte)'d', 0, 0, 1, 0], FrameSide.Frontend, out var header);
        Assert.Equal((MessageType.CopyData, 256, 252, 257),
            (header.Type, header.Length, header.BodyLength, header.TotalLength));
    }
}
