using System.Buffers;
using System.Runtime.CompilerServices;
using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Transport;

namespace Router.Proxy.Sessions;

/// <summary>
/// Messages that a client may send while nothing is open and that no server is needed for: what comes late after a COPY
/// that failed, which PostgreSQL ignores; Flush, which has nothing to flush; Sync, which is answered by ReadyForQuery.
/// </summary>
internal static class UnlinkedRequest
{
    public static bool NeedsNoServer(byte type) =>
        type is MessageType.CopyData or MessageType.CopyDone or MessageType.CopyFail or MessageType.Flush or MessageType.Sync;

    /// <summary>Waits for the client's next message and looks what it is; answers it where no server is needed.</summary>
    /// <exception cref="TransportException">The connection failed.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<Arrival> LookAsync(IConnection client, CancellationToken aborted)
    {
        var read = await client.Input.ReadAsync(aborted);
        var type = read.Buffer.IsEmpty ? MessageType.Terminate : read.Buffer.FirstSpan[0];
        client.Input.AdvanceTo(read.Buffer.Start);
        if (type == MessageType.Terminate)
        {
            return Arrival.Left;
        }

        if (!NeedsNoServer(type))
        {
            return Arrival.Request;
        }

        await AnswerAsync(client, aborted);
        return Arrival.Answered;
    }

    /// <summary>
    /// Takes such messages from the client and answers them, until another one comes or there are no more bytes. A body
    /// is skipped in the pieces in which it comes and never gathered.
    /// </summary>
    /// <exception cref="InvalidDataException">An impossible length.</exception>
    public static async Task AnswerAsync(IConnection client, CancellationToken aborted)
    {
        var scanner = new FrameScanner(FrameSide.Frontend);
        var answer = new FrameWriter();
        while (true)
        {
            var read = await client.Input.ReadAsync(aborted);
            var isOver = Skip(ref scanner, read.Buffer, answer, out var consumed);
            client.Input.AdvanceTo(consumed);
            if (answer.Written.Length > 0)
            {
                await client.Output.WriteAsync(answer.Written, aborted);
                answer.Clear();
            }

            if (isOver || read.IsCompleted)
            {
                return;
            }
        }
    }

    /// <summary>True where the next message is another's, or all bytes are used up between two messages.</summary>
    private static bool Skip(
        ref FrameScanner scanner, ReadOnlySequence<byte> buffer, FrameWriter answer, out SequencePosition consumed)
    {
        var taken = 0L;
        foreach (var memory in buffer)
        {
            var chunk = memory.Span;
            while (!chunk.IsEmpty)
            {
                if (scanner.IsAtBoundary && !NeedsNoServer(chunk[0]))
                {
                    consumed = buffer.GetPosition(taken);
                    return true;
                }

                var found = scanner.Next(chunk, out var length);
                if (found == FrameEvent.Malformed)
                {
                    throw new InvalidDataException("a message with an impossible length");
                }

                if (found == FrameEvent.Header && scanner.Type == MessageType.Sync)
                {
                    new ReadyForQuery(TransactionStatus.Idle).Write(answer);
                }

                taken += length;
                chunk = chunk[length..];
            }
        }

        consumed = buffer.End;
        return scanner.IsAtBoundary;
    }
}
