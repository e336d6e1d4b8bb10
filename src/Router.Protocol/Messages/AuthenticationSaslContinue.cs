using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>The backend's challenge within a SASL exchange.</summary>
public static class AuthenticationSaslContinue
{
    public static bool TryRead(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> challenge) =>
        AuthenticationRequest.TryRead(body, AuthenticationKind.SaslContinue, out challenge);

    public static void Write(FrameWriter writer, ReadOnlySpan<byte> challenge) =>
        AuthenticationRequest.Write(writer, AuthenticationKind.SaslContinue, challenge);
}
