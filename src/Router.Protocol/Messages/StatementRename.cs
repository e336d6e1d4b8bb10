using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>
/// Copies a Parse, Bind, Describe or Close with another name of its prepared statement. The names stand at the beginning,
/// so that the beginning is all that is looked at: what follows, a parameter of a hundred megabytes perhaps, is passed
/// by count and never gathered.
/// </summary>
public static class StatementRename
{
    /// <summary>
    /// Bytes of the longest statement or portal name that we take, without its zero. PostgreSQL itself looks at the
    /// first 63 only.
    /// </summary>
    public const int NameMax = 1024;

    /// <summary>Bytes from the type byte on within which every message is decided.</summary>
    public const int PrefixMax = FrameHeader.Size + 2 * (NameMax + 1);

    /// <summary>
    /// Writes header and names of the message that begins <paramref name="start"/>, the statement's name replaced and
    /// the length word adjusted. A message without a statement's name passes as it is. <paramref name="start"/> may end
    /// in the middle of the message or reach beyond it.
    /// </summary>
    /// <returns>
    /// Malformed for an impossible length word, a name that is not ended within the message or is longer than
    /// <see cref="NameMax"/>, and for a message that would be too long under its new name.
    /// </returns>
    public static RenamedMessage TryRewrite(
        ReadOnlySpan<byte> start, ReadOnlySpan<byte> newName, FrameWriter writer)
    {
        var status = FrameHeader.TryRead(start, FrameSide.Frontend, out var header);
        if (status != ScanStatus.Taken)
        {
            return new RenamedMessage(status, 0, 0);
        }

        var body = start[FrameHeader.Size..];
        status = TryFind(header, body, out var nameAt, out var nameLength);
        if (status != ScanStatus.Taken)
        {
            return new RenamedMessage(status, 0, 0);
        }

        if (nameLength < 0)
        {
            writer.Bytes(start[..FrameHeader.Size]);
            return new RenamedMessage(ScanStatus.Taken, FrameHeader.Size, header.BodyLength);
        }

        // Both lengths are bounded, so that the sum cannot wrap.
        var length = header.Length - nameLength + newName.Length;
        if (newName.Length > NameMax || !FrameLimits.IsValid(FrameSide.Frontend, header.Type, length))
        {
            return new RenamedMessage(ScanStatus.Malformed, 0, 0);
        }

        writer.Byte(header.Type).Int32(length).Bytes(body[..nameAt]).Bytes(newName);
        var consumed = FrameHeader.Size + nameAt + nameLength;
        return new RenamedMessage(ScanStatus.Taken, consumed, header.TotalLength - consumed);
    }

    /// <summary>Finds the statement's name in a body; its length is negative where the message has none.</summary>
    private static ScanStatus TryFind(FrameHeader header, ReadOnlySpan<byte> body, out int nameAt, out int nameLength)
    {
        (nameAt, nameLength) = (0, -1);
        var names = new NameReader(body, header.BodyLength);
        switch (header.Type)
        {
            case MessageType.Parse:
                break;

            case MessageType.Bind:
                var status = names.TryRead(out _);
                if (status != ScanStatus.Taken)
                {
                    return status;
                }

                break;

            case MessageType.Describe or MessageType.Close when header.BodyLength > 0:
                if (body.IsEmpty)
                {
                    return ScanStatus.NeedMore;
                }

                // A portal keeps its name, and a kind that nobody knows is PostgreSQL's to refuse.
                if (body[0] != DescribeOrCloseMessage.StatementKind)
                {
                    return ScanStatus.Taken;
                }

                names = new NameReader(body[1..], header.BodyLength - 1);
                nameAt = 1;
                break;

            default:
                return ScanStatus.Taken;
        }

        nameAt += names.Position;
        var found = names.TryRead(out var name);
        nameLength = found == ScanStatus.Taken ? name.Length : -1;
        return found;
    }
}
