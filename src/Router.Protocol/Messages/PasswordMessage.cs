using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>A password in clear, or an md5 response. Bytes, for nobody says in which encoding they are.</summary>
public static class PasswordMessage
{
    /// <summary>False where the one zero is not the last byte. An empty password is read; PostgreSQL refuses it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> password)
    {
        var reader = new BodyReader(body);
        return reader.TryReadTerminated(out password) && reader.Remaining == 0;
    }

    /// <exception cref="ArgumentException">The password contains a zero, which would end it early.</exception>
    public static void Write(FrameWriter writer, ReadOnlySpan<byte> password)
    {
        if (password.Contains((byte)0))
        {
            throw new ArgumentException("a password cannot contain a zero byte", nameof(password));
        }

        writer.Begin(MessageType.Password).Bytes(password).Byte(0).End();
    }
}
