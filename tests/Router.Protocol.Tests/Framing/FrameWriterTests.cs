using Router.Protocol.Framing;

namespace Router.Protocol.Tests.Framing;

public sealed class FrameWriterTests
{
    [Fact]
    public void Each_message_gets_its_own_length() =>
        Assert.Equal(
            [(byte)'Q', 0, 0, 0, 6, (byte)'a', 0, (byte)'S', 0, 0, 0, 4],
            new FrameWriter().Begin(MessageType.Query).Text("a").End().Begin(MessageType.Sync).End().Written.ToArray());

    [Fact]
    public void An_untyped_packet_starts_with_its_length() =>
        Assert.Equal(
            [0, 0, 0, 8, 4, 210, 22, 47],
            new FrameWriter().BeginUntyped().Int32(80877103).End().Written.ToArray());

    [Fact]
    public void A_zero_inside_a_text_is_refused() =>
        Assert.Throws<ArgumentException>(() => new FrameWriter().Begin(MessageType.Query).Text("a\0b"));

    [Fact]
    public void Text_goes_out_as_utf8() =>
        Assert.Equal(
            [(byte)'Q', 0, 0, 0, 7, 0xC3, 0xA4, 0],
            new FrameWriter(1).Begin(MessageType.Query).Text("ä").End().Written.ToArray());

    [Fact]
    public void A_writer_that_is_used_again_allocates_nothing()
    {
        var writer = new FrameWriter(16);
        var body = new byte[1000];
        writer.Begin(MessageType.CopyData).Bytes(body).Int32(0).End();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            writer.Clear();
            writer.Begin(MessageType.CopyData).Bytes(body).Int32(i).End();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1009, writer.Written.Length);
    }
}
