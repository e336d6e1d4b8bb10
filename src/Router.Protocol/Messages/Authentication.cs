using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>A step of the login. The bytes after the subtype (salt, mechanisms, challenge) belong to the exchange.</summary>
public static class Authentication
{
    public static AuthenticationKind? ParseKind(ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body);
        return reader.TryReadInt32(out var kind) ? (AuthenticationKind)kind : null;
    }

    public static void Write(FrameWriter writer, AuthenticationKind kind, ReadOnlySpan<byte> rest = default) =>
        writer.Begin(MessageType.Authentication).Int32((int)kind).Bytes(rest).End();
}
