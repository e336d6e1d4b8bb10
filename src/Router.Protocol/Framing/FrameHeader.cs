using System.Buffers.Binary;

namespace Router.Protocol.Framing;

/// <summary>Type byte and length word of a message.</summary>
/// <param name="Type">One of <see cref="MessageType"/>, or a type that we do not know.</param>
/// <param name="Length">The length word: it counts itself but not the type byte.</param>
public readonly record struct FrameHeader(byte Type, int Length)
{
    /// <summary>Bytes of the type and the length word.</summary>
    public const int Size = 5;

    public int BodyLength => Length - sizeof(int);

    /// <summary>Type, length word and body; fits an int, because the caps stay a whole 1 GiB below it.</summary>
    public int TotalLength => Length + 1;

    /// <summary>Reads a header from the start of <paramref name="input"/> and holds it to the caps of its side.</summary>
    public static ScanStatus TryRead(ReadOnlySpan<byte> input, FrameSide side, out FrameHeader header)
    {
        header = default;
        if (input.Length < Size)
        {
            return ScanStatus.NeedMore;
        }

        header = new FrameHeader(input[0], BinaryPrimitives.ReadInt32BigEndian(input[1..]));
        return FrameLimits.IsValid(side, header.Type, header.Length) ? ScanStatus.Taken : ScanStatus.Malformed;
    }
}
