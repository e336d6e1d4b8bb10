using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>What a session hears of a channel that it listens to (protocol: NotificationResponse).</summary>
/// <param name="ProcessId">Of the session that notified.</param>
public sealed record NotificationResponse(int ProcessId, string Channel, string Payload)
{
    /// <summary>Null where the body makes no sense.</summary>
    public static NotificationResponse? Parse(ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body);
        return reader.TryReadInt32(out var processId) && reader.TryReadText(out var channel) && reader.TryReadText(out var payload)
            ? new NotificationResponse(processId, channel, payload)
            : null;
    }

    public void Write(FrameWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Begin(MessageType.NotificationResponse).Int32(ProcessId).Text(Channel).Text(Payload).End();
    }
}
