using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>Describe and Close, whose bodies are alike: a kind and a name.</summary>
public readonly ref struct DescribeOrCloseMessage
{
    /// <summary>The kind byte of a prepared statement.</summary>
    public const byte StatementKind = (byte)'S';

    /// <summary>The kind byte of a portal.</summary>
    public const byte PortalKind = (byte)'P';

    public ReadOnlySpan<byte> Name { get; private init; }

    /// <summary>False for a portal.</summary>
    public bool IsStatement { get; private init; }

    /// <summary>Reads a whole body; false for another kind and for bytes behind the name.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out DescribeOrCloseMessage message)
    {
        message = default;
        var reader = new BodyReader(body);
        if (!reader.TryReadByte(out var kind) || kind is not (StatementKind or PortalKind)
            || !reader.TryReadTerminated(out var name) || name.Length > StatementNames.NameMax || reader.Remaining != 0)
        {
            return false;
        }

        message = new DescribeOrCloseMessage { Name = name, IsStatement = kind == StatementKind };
        return true;
    }

    /// <param name="type"><see cref="MessageType.Describe"/> or <see cref="MessageType.Close"/>.</param>
    public static void WriteStatement(FrameWriter writer, byte type, ReadOnlySpan<byte> name) =>
        writer.Begin(type).Byte(StatementKind).Bytes(name).Byte(0).End();
}
