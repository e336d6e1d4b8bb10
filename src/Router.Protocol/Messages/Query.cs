using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>SQL of the simple protocol: one or more statements, answered by one ReadyForQuery.</summary>
public sealed record Query(string Sql)
{
    public static Query? Parse(ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body);
        return reader.TryReadText(out var sql) && reader.Remaining == 0 ? new Query(sql) : null;
    }

    public void Write(FrameWriter writer) => writer.Begin(MessageType.Query).Text(Sql).End();
}
