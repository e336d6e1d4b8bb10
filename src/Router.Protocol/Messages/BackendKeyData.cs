using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>The backend's pid, and the secret that a CancelRequest must repeat.</summary>
public sealed record BackendKeyData(int ProcessId, CancelKey Key)
{
    /// <summary>Bytes of the longest body.</summary>
    public const int BodyMax = sizeof(int) + CancelKey.LengthMax;

    public static BackendKeyData? Parse(ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body);
        return reader.TryReadInt32(out var processId) && CancelKey.IsValidLength(reader.Remaining)
            ? new BackendKeyData(processId, new CancelKey(reader.Rest))
            : null;
    }

    public void Write(FrameWriter writer) =>
        writer.Begin(MessageType.BackendKeyData).Int32(ProcessId).Bytes(Key.Secret).End();
}
