using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>A setting of the session that the backend reports, at login and whenever it changes.</summary>
public sealed record ParameterStatus(string Name, string Value)
{
    public static ParameterStatus? Parse(ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body);
        return reader.TryReadText(out var name) && reader.TryReadText(out var value) && reader.Remaining == 0
            ? new ParameterStatus(name, value)
            : null;
    }

    public void Write(FrameWriter writer) => writer.Begin(MessageType.ParameterStatus).Text(Name).Text(Value).End();
}
