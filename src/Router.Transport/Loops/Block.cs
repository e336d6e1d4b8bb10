using System.Buffers;

namespace Router.Transport.Loops;

/// <summary>
/// A piece of a <see cref="ByteQueue"/>: bytes [<see cref="Start"/>, <see cref="End"/>) of its array. Its memory begins
/// at the array's begin, so that a sequence position's integer is an index into the array.
/// </summary>
internal sealed class Block : ReadOnlySequenceSegment<byte>
{
    public Block(byte[] array) => Array = array;

    public byte[] Array { get; }

    public int Start { get; private set; }

    public int End { get; private set; }

    public int Length => End - Start;

    public int Free => Array.Length - End;

    public Block? NextBlock { get; private set; }

    public ReadOnlyMemory<byte> Content => Array.AsMemory(Start, End - Start);

    /// <summary>Where its array's begin lies in the stream.</summary>
    public long Offset => RunningIndex;

    public void Commit(int count)
    {
        End += count;
        Memory = new ReadOnlyMemory<byte>(Array, 0, End);
    }

    public void Skip(int count) => Start += count;

    public void Append(Block block)
    {
        block.RunningIndex = RunningIndex + End;
        Next = block;
        NextBlock = block;
    }

    public void Clear()
    {
        Start = 0;
        End = 0;
        Memory = default;
        RunningIndex = 0;
        Next = null;
        NextBlock = null;
    }
}
