using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>A statement is done.</summary>
/// <param name="Tag">The command and, for some, the number of rows: <c>INSERT 0 1</c>.</param>
public sealed record CommandComplete(string Tag)
{
    public static CommandComplete? Parse(ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body);
        return reader.TryReadText(out var tag) && reader.Remaining == 0 ? new CommandComplete(tag) : null;
    }

    public void Write(FrameWriter writer) => writer.Begin(MessageType.CommandComplete).Text(Tag).End();
}
