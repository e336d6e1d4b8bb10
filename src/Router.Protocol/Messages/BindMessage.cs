namespace Router.Protocol.Messages;

/// <summary>
/// Makes a portal of a prepared statement. Only the names are read: they come first, and the values behind them may be
/// as long as memory allows.
/// </summary>
public readonly ref struct BindMessage
{
    public ReadOnlySpan<byte> Portal { get; private init; }

    public ReadOnlySpan<byte> Statement { get; private init; }

    /// <summary>Reads the names from the beginning of a body whose whole length the header told.</summary>
    public static ScanStatus TryRead(ReadOnlySpan<byte> bodyStart, int bodyLength, out BindMessage message)
    {
        message = default;
        var names = new NameReader(bodyStart, bodyLength);
        var status = names.TryRead(out var portal);
        if (status != ScanStatus.Taken)
        {
            return status;
        }

        status = names.TryRead(out var statement);
        message = new BindMessage { Portal = portal, Statement = statement };
        return status;
    }
}
