using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>
/// Where the prepared statement is named in a Parse, Bind, Describe or Close. The names stand at the beginning, so that the
/// beginning is all that is looked at: what follows, a parameter of a hundred megabytes perhaps, is passed by count and
/// never gathered. Spans of the caller's bytes.
/// </summary>
public readonly ref struct StatementNames
{
    /// <summary>
    /// Bytes of the longest statement or portal name that we take, without its zero. PostgreSQL itself looks at the
    /// first 63 only.
    /// </summary>
    public const int NameMax = 1024;

    /// <summary>Bytes from the type byte on within which every message is decided.</summary>
    public const int PrefixMax = FrameHeader.Size + 2 * (NameMax + 1);

    private readonly FrameHeader _header;
    private readonly int _nameAt;

    private StatementNames(FrameHeader header, int nameAt, ReadOnlySpan<byte> name)
    {
        _header = header;
        _nameAt = nameAt;
        Name = name;
        HasStatement = true;
    }

    /// <summary>False where the message names a portal only.</summary>
    public bool HasStatement { get; }

    /// <summary>Without its zero; empty for the unnamed statement.</summary>
    public ReadOnlySpan<byte> Name { get; }

    public bool IsUnnamed => HasStatement && Name.IsEmpty;

    /// <summary>Bytes from the type byte on up to behind the zero of the statement's name.</summary>
    public int End => _nameAt + Name.Length + 1;

    /// <summary>Bytes of the whole message.</summary>
    public int TotalLength => _header.TotalLength;

    /// <param name="start">From the type byte on; may end in the middle of the message or reach beyond it.</param>
    /// <param name="names">Of value only where the answer is <see cref="ScanStatus.Taken"/>.</param>
    /// <returns>
    /// Malformed for an impossible length word, a name that is not ended within the message or is longer than
    /// <see cref="NameMax"/>, and for a message that could be too long under another name.
    /// </returns>
    public static ScanStatus TryRead(ReadOnlySpan<byte> start, out StatementNames names)
    {
        names = default;
        var status = FrameHeader.TryRead(start, FrameSide.Frontend, out var header);
        if (status != ScanStatus.Taken)
        {
            return status;
        }

        var body = start[FrameHeader.Size..];
        var at = 0;
        if (header.Type is MessageType.Describe or MessageType.Close && header.BodyLength > 0)
        {
            if (body.IsEmpty)
            {
                return ScanStatus.NeedMore;
            }

            // A portal keeps its name, and a kind that nobody knows is PostgreSQL's to refuse.
            if (body[0] != DescribeOrCloseMessage.StatementKind)
            {
                return ScanStatus.Taken;
            }

            at = 1;
        }
        else if (header.Type is not (MessageType.Parse or MessageType.Bind))
        {
            return ScanStatus.Taken;
        }

        var reader = new NameReader(body[at..], header.BodyLength - at);
        if (header.Type == MessageType.Bind && reader.TryRead(out _) is var portal and not ScanStatus.Taken)
        {
            return portal;
        }

        at += FrameHeader.Size + reader.Position;
        status = reader.TryRead(out var name);
        if (status == ScanStatus.Taken)
        {
            names = new StatementNames(header, at, name);
            status = FrameLimits.IsValid(FrameSide.Frontend, header.Type, names.LengthUnder(NameMax))
                ? ScanStatus.Taken
                : ScanStatus.Malformed;
        }

        return status;
    }

    /// <summary>Writes the message up to <see cref="End"/> under another name; the rest of it passes as it is.</summary>
    /// <param name="message">What the names were read from.</param>
    /// <param name="newName">At most <see cref="NameMax"/> bytes.</param>
    public void WriteRenamed(FrameWriter writer, ReadOnlySpan<byte> message, ReadOnlySpan<byte> newName)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(newName.Length, NameMax);
        writer.Byte(_header.Type).Int32(LengthUnder(newName.Length))
            .Bytes(message[FrameHeader.Size.._nameAt]).Bytes(newName).Byte(0);
    }

    private int LengthUnder(int nameLength) => _header.Length - Name.Length + nameLength;
}
