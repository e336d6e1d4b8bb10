namespace Router.Protocol.Messages;

/// <summary>
/// Reads the names at the beginning of a body that is not all there. The bound on a name decides early: more bytes are
/// asked for only as long as they can make the name good.
/// </summary>
internal ref struct NameReader(ReadOnlySpan<byte> bodyStart, int bodyLength)
{
    private readonly ReadOnlySpan<byte> _body = bodyStart.Length > bodyLength ? bodyStart[..bodyLength] : bodyStart;

    /// <summary>Bytes of the names so far, their zeros among them.</summary>
    public int Position { get; private set; }

    public ScanStatus TryRead(out ReadOnlySpan<byte> name)
    {
        var rest = _body[Position..];
        var window = rest.Length > StatementNames.NameMax + 1 ? rest[..(StatementNames.NameMax + 1)] : rest;
        var end = window.IndexOf((byte)0);
        if (end < 0)
        {
            name = default;
            return window.Length <= StatementNames.NameMax && _body.Length < bodyLength
                ? ScanStatus.NeedMore
                : ScanStatus.Malformed;
        }

        name = window[..end];
        Position += end + 1;
        return ScanStatus.Taken;
    }
}
