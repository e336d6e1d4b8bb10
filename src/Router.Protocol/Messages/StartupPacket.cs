using System.Buffers.Binary;
using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>Length and code of one of the untyped packets that open a connection.</summary>
/// <param name="Length">All bytes of the packet, the length word among them.</param>
/// <param name="Code">A request code, or the protocol version.</param>
public readonly record struct StartupPacket(int Length, int Code)
{
    public const int SslRequestCode = 80877103;
    public const int GssEncRequestCode = 80877104;
    public const int CancelRequestCode = 80877102;

    /// <summary>Length word and code.</summary>
    public const int HeaderSize = 8;

    public StartupPacketKind Kind => Code switch
    {
        SslRequestCode => StartupPacketKind.SslRequest,
        GssEncRequestCode => StartupPacketKind.GssEncRequest,
        CancelRequestCode => StartupPacketKind.CancelRequest,
        _ => new ProtocolVersion(Code).Major == 3 ? StartupPacketKind.Startup : StartupPacketKind.Unsupported,
    };

    /// <summary>
    /// Reads the header; <see cref="ScanStatus.Taken"/> says that the whole packet is there, whose body is then read
    /// by the type that <see cref="Kind"/> names.
    /// </summary>
    public static ScanStatus TryRead(ReadOnlySpan<byte> input, out StartupPacket packet)
    {
        packet = default;
        if (input.Length < sizeof(int))
        {
            return ScanStatus.NeedMore;
        }

        var length = BinaryPrimitives.ReadInt32BigEndian(input);
        if (length is < HeaderSize or > FrameLimits.StartupMax)
        {
            return ScanStatus.Malformed;
        }

        if (input.Length < HeaderSize)
        {
            return ScanStatus.NeedMore;
        }

        packet = new StartupPacket(length, BinaryPrimitives.ReadInt32BigEndian(input[sizeof(int)..]));
        if (packet.Kind is StartupPacketKind.SslRequest or StartupPacketKind.GssEncRequest && length != HeaderSize)
        {
            return ScanStatus.Malformed;
        }

        return input.Length < length ? ScanStatus.NeedMore : ScanStatus.Taken;
    }

    /// <summary>SSLRequest or GSSENCRequest.</summary>
    public static void WriteRequest(FrameWriter writer, int code) => writer.BeginUntyped().Int32(code).End();
}
