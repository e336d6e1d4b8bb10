using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>Prepares a statement under a name, or under none. Spans of the caller's bytes: nothing is copied.</summary>
public readonly ref struct ParseMessage
{
    /// <summary>Empty for the unnamed statement.</summary>
    public ReadOnlySpan<byte> Statement { get; private init; }

    public ReadOnlySpan<byte> Query { get; private init; }

    /// <summary>The type oids as they came, four bytes each, without their count.</summary>
    public ReadOnlySpan<byte> ParameterTypes { get; private init; }

    /// <summary>
    /// What makes two statements the same: query, its zero, count and types. A slice of the body, good for a key.
    /// </summary>
    public ReadOnlySpan<byte> Identity { get; private init; }

    /// <summary>Reads a whole body; false where it does not end with the last type.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out ParseMessage message)
    {
        message = default;
        var reader = new BodyReader(body);
        if (!reader.TryReadTerminated(out var statement) || statement.Length > StatementNames.NameMax)
        {
            return false;
        }

        var identity = reader.Rest;
        if (!reader.TryReadTerminated(out var query) || !reader.TryReadInt16(out var count)
            || reader.Remaining != (ushort)count * sizeof(int))
        {
            return false;
        }

        message = new ParseMessage
        {
            Statement = statement,
            Query = query,
            ParameterTypes = reader.Rest,
            Identity = identity,
        };
        return true;
    }

    /// <param name="identity">An <see cref="Identity"/>: query, types and their count.</param>
    public static void Write(FrameWriter writer, ReadOnlySpan<byte> statement, ReadOnlySpan<byte> identity) =>
        writer.Begin(MessageType.Parse).Bytes(statement).Byte(0).Bytes(identity).End();
}
