using Router.Protocol.Framing;
using Router.Protocol.Messages;

namespace Router.Protocol.Tests.Messages;

public sealed class StartupPacketTests
{
    [Theory]
    [InlineData(StartupPacket.SslRequestCode, StartupPacketKind.SslRequest)]
    [InlineData(StartupPacket.GssEncRequestCode, StartupPacketKind.GssEncRequest)]
    [InlineData(196608, StartupPacketKind.Startup)]
    [InlineData(196610, StartupPacketKind.Startup)]
    [InlineData((3 << 16) | 9999, StartupPacketKind.Startup)]
    [InlineData(2 << 16, StartupPacketKind.Unsupported)]
    [InlineData(4 << 16, StartupPacketKind.Unsupported)]
    [InlineData(-1, StartupPacketKind.Unsupported)]
    public void The_code_says_what_is_asked(int code, StartupPacketKind expected)
    {
        var packet = new FrameWriter().BeginUntyped().Int32(code).End().Written.Span;
        Assert.Equal(ScanStatus.Taken, StartupPacket.TryRead(packet, out var found));
        Assert.Equal((expected, packet.Length), (found.Kind, found.Length));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(int.MaxValue)]
    [InlineData(FrameLimits.StartupMax + 1)]
    public void Impossible_lengths_are_malformed_after_four_bytes(int length) =>
        Assert.Equal(
            ScanStatus.Malformed,
            StartupPacket.TryRead([(byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length], out _));

    [Fact]
    public void A_request_with_a_body_is_malformed() =>
        Assert.Equal(
            ScanStatus.Malformed,
            StartupPacket.TryRead(
                new FrameWriter().BeginUntyped().Int32(StartupPacket.SslRequestCode).Byte(0).End().Written.Span, out _));

    [Fact]
    public void Every_beginning_of_a_packet_needs_more()
    {
        var packet = Written(new StartupMessage(ProtocolVersion.V30, [new("user", "alice")])).AsSpan();
        for (var cut = 0; cut < packet.Length; cut++)
        {
            Assert.Equal(ScanStatus.NeedMore, StartupPacket.TryRead(packet[..cut], out _));
        }

        Assert.Equal(ScanStatus.Taken, StartupPacket.TryRead(packet, out _));
        Assert.Equal(ScanStatus.Taken, StartupPacket.TryRead([.. packet, 1, 2, 3], out var found));
        Assert.Equal(packet.Length, found.Length);
    }

    [Fact]
    public void Noise_never_throws()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var noise = new byte[random.Next(0, 64)];
            random.NextBytes(noise);
            StartupPacket.TryRead(noise, out _);
            if (noise.Length >= StartupPacket.HeaderSize)
            {
                StartupMessage.Parse(noise);
                CancelRequest.Parse(noise);
            }
        }
    }

    internal static byte[] Written(StartupMessage message)
    {
        var writer = new FrameWriter();
        message.Write(writer);
        return writer.Written.ToArray();
    }
}
