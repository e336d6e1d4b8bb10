using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>Runs a portal.</summary>
public readonly ref struct ExecuteMessage
{
    public ReadOnlySpan<byte> Portal { get; private init; }

    /// <summary>Rows after which the portal is suspended; zero or less is all of them.</summary>
    public int RowsMax { get; private init; }

    public static bool TryRead(ReadOnlySpan<byte> body, out ExecuteMessage message)
    {
        message = default;
        var reader = new BodyReader(body);
        if (!reader.TryReadTerminated(out var portal) || portal.Length > StatementNames.NameMax
            || !reader.TryReadInt32(out var rowsMax) || reader.Remaining != 0)
        {
            return false;
        }

        message = new ExecuteMessage { Portal = portal, RowsMax = rowsMax };
        return true;
    }
}
