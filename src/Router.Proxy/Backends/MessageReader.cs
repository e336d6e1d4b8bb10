using System.Buffers;
using Router.Protocol;
using Router.Protocol.Framing;
using Router.Transport;

namespace Router.Proxy.Backends;

/// <summary>Takes whole messages from a connection: for logins and other exchanges that are short by nature.</summary>
internal static class MessageReader
{
    /// <summary>The longest message that is gathered; a login has none of this size.</summary>
    public const int BodyMax = 64 * 1024;

    /// <summary>The next message; null at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">An impossible length, or more than <see cref="BodyMax"/>.</exception>
    /// <exception cref="TransportException">The connection failed.</exception>
    public static async ValueTask<WholeMessage?> ReadAsync(
        IConnection connection, FrameSide side, CancellationToken aborted)
    {
        while (true)
        {
            var read = await connection.Input.ReadAsync(aborted);
            if (TryTake(connection, read.Buffer, side, out var message))
            {
                return message;
            }

            connection.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
            {
                return null;
            }
        }
    }

    /// <summary>The next message if all of it has arrived.</summary>
    /// <exception cref="InvalidDataException">An impossible length, or more than <see cref="BodyMax"/>.</exception>
    /// <exception cref="TransportException">The connection failed.</exception>
    public static WholeMessage? TryRead(IConnection connection, FrameSide side, out bool isEnd)
    {
        isEnd = false;
        if (!connection.Input.TryRead(out var read))
        {
            return null;
        }

        if (TryTake(connection, read.Buffer, side, out var message))
        {
            return message;
        }

        connection.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        isEnd = read.IsCompleted;
        return null;
    }

    private static bool TryTake(
        IConnection connection, ReadOnlySequence<byte> buffer, FrameSide side, out WholeMessage message)
    {
        message = default;
        Span<byte> start = stackalloc byte[FrameHeader.Size];
        var present = buffer.Slice(0, Math.Min(buffer.Length, FrameHeader.Size));
        present.CopyTo(start);
        var status = FrameHeader.TryRead(start[..(int)present.Length], side, out var header);
        if (status == ScanStatus.Malformed || (status == ScanStatus.Taken && header.BodyLength > BodyMax))
        {
            connection.Input.AdvanceTo(buffer.Start);
            throw new InvalidDataException($"a message of type 0x{header.Type:x2} with the length {header.Length}");
        }

        if (status == ScanStatus.NeedMore || buffer.Length < header.TotalLength)
        {
            return false;
        }

        var whole = buffer.Slice(0, header.TotalLength);
        message = new WholeMessage(header.Type, whole.Slice(FrameHeader.Size).ToArray());
        connection.Input.AdvanceTo(whole.End);
        return true;
    }
}
