using Router.Protocol.Framing;

namespace Router.Protocol.Tests.Messages;

/// <summary>One message as it was written, its length word checked.</summary>
internal static class WrittenMessage
{
    public static byte[] Body(Action<FrameWriter> write)
    {
        var writer = new FrameWriter();
        write(writer);
        var message = writer.Written.Span;
        Assert.Equal(ScanStatus.Taken, FrameHeader.TryRead(message, FrameSide.Backend, out var header));
        Assert.Equal(message.Length, header.TotalLength);
        return message[FrameHeader.Size..].ToArray();
    }
}
