using System.Buffers.Binary;
using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>Asks for the md5 response to a salt.</summary>
/// <param name="Salt">The four bytes of the wire, the first one highest.</param>
public readonly record struct AuthenticationMd5Password(uint Salt)
{
    public const int SaltSize = sizeof(uint);

    public static AuthenticationMd5Password? Parse(ReadOnlySpan<byte> body) =>
        AuthenticationRequest.TryRead(body, AuthenticationKind.Md5Password, out var salt) && salt.Length == SaltSize
            ? new AuthenticationMd5Password(BinaryPrimitives.ReadUInt32BigEndian(salt))
            : null;

    public void Write(FrameWriter writer) =>
        writer.Begin(MessageType.Authentication)
            .Int32((int)AuthenticationKind.Md5Password).Int32(unchecked((int)Salt)).End();
}
