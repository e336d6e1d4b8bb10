using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>Asks to cancel what the session with this pid is doing. Never answered.</summary>
public sealed record CancelRequest(int ProcessId, CancelKey Key)
{
    private const int KeyAt = StartupPacket.HeaderSize + sizeof(int);

    /// <summary>Reads a whole packet, which <see cref="StartupPacket.TryRead"/> found complete.</summary>
    /// <returns>Null where the key is shorter or longer than any version allows.</returns>
    public static CancelRequest? Parse(ReadOnlySpan<byte> packet)
    {
        if (!CancelKey.IsValidLength(packet.Length - KeyAt))
        {
            return null;
        }

        var reader = new BodyReader(packet[StartupPacket.HeaderSize..]);
        return reader.TryReadInt32(out var processId) ? new CancelRequest(processId, new CancelKey(reader.Rest)) : null;
    }

    public void Write(FrameWriter writer) =>
        writer.BeginUntyped().Int32(StartupPacket.CancelRequestCode).Int32(ProcessId).Bytes(Key.Secret).End();
}
