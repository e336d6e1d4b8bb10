using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>The backend's last word of a SASL exchange; AuthenticationOk still has to follow.</summary>
public static class AuthenticationSaslFinal
{
    public static bool TryRead(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> outcome) =>
        AuthenticationRequest.TryRead(body, AuthenticationKind.SaslFinal, out outcome);

    public static void Write(FrameWriter writer, ReadOnlySpan<byte> outcome) =>
        AuthenticationRequest.Write(writer, AuthenticationKind.SaslFinal, outcome);
}
