using System.Buffers;
using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Transport;

namespace Router.Proxy.Sessions;

/// <summary>
/// A request that was cancelled while it waited for a server connection: no server has seen it. It is answered as PostgreSQL
/// would: one message of the simple protocol ends by itself, one of the extended protocol takes along all up to the Sync. What
/// stands behind is another request. Bodies are skipped in the pieces in which they come and never gathered.
/// </summary>
internal static class CanceledRequest
{
    /// <returns>Null where the session goes on.</returns>
    /// <exception cref="TransportException">The client's connection failed.</exception>
    /// <exception cref="OperationCanceledException">The session is cut.</exception>
    public static async Task<SessionEnd?> AnswerAsync(IConnection client, CancellationToken cut)
    {
        var answer = new FrameWriter();
        new ErrorResponse(ErrorSeverity.Error, SqlState.QueryCanceled, "canceling statement due to user request").Write(answer);
        await client.Output.WriteAsync(answer.Written, cut);
        var scanner = new FrameScanner(FrameSide.Frontend);
        byte first = 0;
        while (true)
        {
            var read = await client.Input.ReadAsync(cut);
            var end = Skip(ref scanner, ref first, read.Buffer, out var consumed);
            client.Input.AdvanceTo(consumed);
            switch (end)
            {
                case FrameEvent.Malformed:
                    return SessionEnd.Because(CutReason.ClientMalformed);
                case FrameEvent.Body:
                    answer.Clear();
                    new ReadyForQuery(TransactionStatus.Idle).Write(answer);
                    await client.Output.WriteAsync(answer.Written, cut);
                    return null;
                default:
                    if (read.IsCompleted || (scanner.Type == MessageType.Terminate && scanner.IsAtBoundary))
                    {
                        return SessionEnd.ClientLeft;
                    }

                    break;
            }
        }
    }

    /// <summary>Skips messages: Body where the last one of the request is behind, NeedMore where it is not there yet.</summary>
    /// <param name="first">The type of the request's first message; zero before it has come.</param>
    private static FrameEvent Skip(
        ref FrameScanner scanner, ref byte first, ReadOnlySequence<byte> buffer, out SequencePosition consumed)
    {
        var taken = 0L;
        foreach (var memory in buffer)
        {
            var chunk = memory.Span;
            while (!chunk.IsEmpty)
            {
                var found = scanner.Next(chunk, out var length);
                taken += length;
                chunk = chunk[length..];
                if (found == FrameEvent.Malformed)
                {
                    consumed = buffer.End;
                    return found;
                }

                first = first == 0 && found == FrameEvent.Header ? scanner.Type : first;
                if (scanner.IsAtBoundary && (IsLast(first, scanner.Type) || scanner.Type == MessageType.Terminate))
                {
                    consumed = buffer.GetPosition(taken);
                    return scanner.Type == MessageType.Terminate ? FrameEvent.NeedMore : FrameEvent.Body;
                }
            }
        }

        consumed = buffer.End;
        return FrameEvent.NeedMore;
    }

    private static bool IsLast(byte first, byte type) =>
        first is MessageType.Query or MessageType.FunctionCall || type == MessageType.Sync;
}
