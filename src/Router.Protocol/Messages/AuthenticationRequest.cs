using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>A step of the login. The bytes after the subtype (salt, mechanisms, challenge) belong to the exchange.</summary>
public static class AuthenticationRequest
{
    /// <summary>Null where the body is too short for a subtype, or Ok and the like carry more than it.</summary>
    public static AuthenticationKind? ParseKind(ReadOnlySpan<byte> body) =>
        TryRead(body, out var kind, out var rest)
        && (rest.IsEmpty || kind is not (AuthenticationKind.Ok or AuthenticationKind.CleartextPassword))
            ? kind
            : null;

    public static void Write(FrameWriter writer, AuthenticationKind kind, ReadOnlySpan<byte> rest = default) =>
        writer.Begin(MessageType.Authentication).Int32((int)kind).Bytes(rest).End();

    /// <summary>The bytes behind the subtype, where it is the one that is asked for.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> body, AuthenticationKind expected, out ReadOnlySpan<byte> rest) =>
        TryRead(body, out var kind, out rest) && kind == expected;

    private static bool TryRead(ReadOnlySpan<byte> body, out AuthenticationKind kind, out ReadOnlySpan<byte> rest)
    {
        var reader = new BodyReader(body);
        var isRead = reader.TryReadInt32(out var number);
        kind = (AuthenticationKind)number;
        rest = reader.Rest;
        return isRead;
    }
}
