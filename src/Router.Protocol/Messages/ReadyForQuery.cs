using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>The backend waits for the next request.</summary>
public readonly record struct ReadyForQuery(TransactionStatus Status)
{
    public static ReadyForQuery? Parse(ReadOnlySpan<byte> body) =>
        body.Length == 1 && StatusOf(body[0]) is var status and not TransactionStatus.Unknown
            ? new ReadyForQuery(status)
            : null;

    /// <summary><see cref="TransactionStatus.Unknown"/> for a byte that PostgreSQL never sends.</summary>
    public static TransactionStatus StatusOf(byte value) => value switch
    {
        (byte)'I' => TransactionStatus.Idle,
        (byte)'T' => TransactionStatus.InTransaction,
        (byte)'E' => TransactionStatus.InFailedTransaction,
        _ => TransactionStatus.Unknown,
    };

    public void Write(FrameWriter writer) => writer.Begin(MessageType.ReadyForQuery).Byte((byte)Status).End();
}
