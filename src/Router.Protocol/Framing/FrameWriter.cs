using System.Buffers.Binary;
using System.Text;

namespace Router.Protocol.Framing;

/// <summary>
/// Builds messages one after another in one array, which grows and is kept: a writer that is cleared and used again
/// allocates nothing. Text goes out as UTF-8.
/// </summary>
public sealed class FrameWriter(int capacity = 256)
{
    /// <summary>A longer array is given up when the writer is cleared.</summary>
    private const int KeptMax = 1024 * 1024;

    private byte[] _bytes = new byte[capacity];
    private int _length;
    private int _lengthWordAt = -1;

    /// <summary>All finished messages.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public void Clear()
    {
        (_length, _lengthWordAt) = (0, -1);
        if (_bytes.Length > KeptMax)
        {
            _bytes = new byte[capacity];
        }
    }

    public FrameWriter Begin(byte type)
    {
        Take(1)[0] = type;
        return BeginUntyped();
    }

    /// <summary>A startup packet: length word and body, no type byte.</summary>
    public FrameWriter BeginUntyped()
    {
        _lengthWordAt = _length;
        Take(sizeof(int));
        return this;
    }

    public FrameWriter Byte(byte value)
    {
        Take(1)[0] = value;
        return this;
    }

    public FrameWriter Int32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(Take(sizeof(int)), value);
        return this;
    }

    public FrameWriter Int16(short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), value);
        return this;
    }

    /// <summary>Text and its terminating zero.</summary>
    /// <exception cref="ArgumentException">The text contains a zero, which would end it early.</exception>
    public FrameWriter Text(string value)
    {
        if (value.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("a text of the protocol cannot contain a zero byte", nameof(value));
        }

        Encoding.UTF8.GetBytes(value, Take(Encoding.UTF8.GetByteCount(value)));
        return Byte(0);
    }

    /// <summary>Text as a value: its length word in front, no zero behind.</summary>
    public FrameWriter Value(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Int32(length);
        Encoding.UTF8.GetBytes(value, Take(length));
        return this;
    }

    /// <summary>A value that is null: a length word of -1.</summary>
    public FrameWriter Null() => Int32(-1);

    public FrameWriter Bytes(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Take(value.Length));
        return this;
    }

    /// <summary>Ends the message: its length word is known now.</summary>
    public FrameWriter End()
    {
        BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(_lengthWordAt), _length - _lengthWordAt);
        _lengthWordAt = -1;
        return this;
    }

    private Span<byte> Take(int count)
    {
        if (_bytes.Length - _length < count)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
        }

        var taken = _bytes.AsSpan(_length, count);
        _length += count;
        return taken;
    }
}
