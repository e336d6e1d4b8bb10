using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>The frontend's choice of a SASL mechanism, with its first message where the mechanism has one.</summary>
public readonly ref struct SaslInitialResponse(
    ReadOnlySpan<byte> mechanism, ReadOnlySpan<byte> response, bool hasResponse = true)
{
    public ReadOnlySpan<byte> Mechanism { get; } = mechanism;

    public ReadOnlySpan<byte> Response { get; } = response;

    /// <summary>False is length -1 on the wire: no message, which is not an empty one.</summary>
    public bool HasResponse { get; } = hasResponse;

    /// <summary>False where the length does not name exactly the bytes that follow.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out SaslInitialResponse message)
    {
        message = default;
        var reader = new BodyReader(body);
        if (!reader.TryReadTerminated(out var mechanism) || !reader.TryReadInt32(out var length)
            || reader.Remaining != (length == -1 ? 0 : length))
        {
            return false;
        }

        message = new SaslInitialResponse(mechanism, reader.Rest, length >= 0);
        return true;
    }

    public void Write(FrameWriter writer) =>
        writer.Begin(MessageType.Password).Bytes(Mechanism).Byte(0)
            .Int32(HasResponse ? Response.Length : -1).Bytes(Response).End();
}
