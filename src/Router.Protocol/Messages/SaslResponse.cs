using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>A later message of the frontend in a SASL exchange: its body is the exchange's bytes, nothing else.</summary>
public static class SaslResponse
{
    public static void Write(FrameWriter writer, ReadOnlySpan<byte> response) =>
        writer.Begin(MessageType.Password).Bytes(response).End();
}
