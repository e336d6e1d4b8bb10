using System.Buffers;
using System.IO.Pipelines;

namespace Router.Transport.Tests;

/// <summary>Patterns that show lost, doubled or swapped bytes, and ways to move them.</summary>
internal static class Bytes
{
    /// <summary>Byte i depends on i in a way that no shift by a block or buffer size hides.</summary>
    public static byte[] Pattern(int length, int seed = 0)
    {
        var bytes = new byte[length];
        for (var index = 0; index < length; index++)
        {
            bytes[index] = (byte)(((index * 31) + (index >> 8) + (index >> 16) + seed) % 251);
        }

        return bytes;
    }

    public static async Task<byte[]> ReceiveExactlyAsync(TestPeer peer, int length)
    {
        var bytes = new byte[length];
        for (var got = 0; got < length;)
        {
            var count = await peer.ReceiveAsync(bytes.AsMemory(got)).AsTask().WaitAsync(TransportHarness.Bound);
            if (count == 0)
            {
                throw new EndOfStreamException($"the stream ended after {got} of {length} bytes");
            }

            got += count;
        }

        return bytes;
    }

    /// <summary>Everything up to the end of the stream.</summary>
    public static async Task<byte[]> ReceiveAllAsync(TestPeer peer)
    {
        using var all = new MemoryStream();
        var part = new byte[64 * 1024];
        while (true)
        {
            var count = await peer.ReceiveAsync(part.AsMemory()).AsTask().WaitAsync(TransportHarness.Bound);
            if (count == 0)
            {
                return all.ToArray();
            }

            all.Write(part, 0, count);
        }
    }

    /// <summary>Reads and forgets until the end of the stream.</summary>
    public static async Task DrainAsync(TestPeer peer)
    {
        var part = new byte[256 * 1024];
        while (await peer.ReceiveAsync(part.AsMemory()).AsTask().WaitAsync(TransportHarness.Bound) > 0)
        {
        }
    }

    public static async Task SendAllAsync(TestPeer peer, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await peer.SendAsync(bytes).AsTask().WaitAsync(TransportHarness.Bound)..];
        }
    }

    /// <summary>Reads <paramref name="length"/> bytes on the loop.</summary>
    public static async Task<byte[]> ReadExactlyAsync(PipeReader reader, int length)
    {
        using var all = new MemoryStream();
        while (all.Length < length)
        {
            var result = await reader.ReadAsync();
            var take = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, length - all.Length));
            all.Write(take.ToArray());
            reader.AdvanceTo(take.End);
            if (result.IsCompleted && take.IsEmpty)
            {
                throw new EndOfStreamException($"the stream ended after {all.Length} of {length} bytes");
            }
        }

        return all.ToArray();
    }
}
