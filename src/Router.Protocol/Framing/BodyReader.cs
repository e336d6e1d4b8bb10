using System.Buffers.Binary;
using System.Text;

namespace Router.Protocol.Framing;

/// <summary>Reads the fields of one message body in order; says false instead of reading past its end.</summary>
public ref struct BodyReader(ReadOnlySpan<byte> body)
{
    private ReadOnlySpan<byte> _rest = body;

    public readonly int Remaining => _rest.Length;

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public bool TryReadByte(out byte value)
    {
        value = 0;
        if (_rest.IsEmpty)
        {
            return false;
        }

        value = _rest[0];
        _rest = _rest[1..];
        return true;
    }

    public bool TryReadInt16(out short value)
    {
        if (!BinaryPrimitives.TryReadInt16BigEndian(_rest, out value))
        {
            return false;
        }

        _rest = _rest[sizeof(short)..];
        return true;
    }

    public bool TryReadInt32(out int value)
    {
        if (!BinaryPrimitives.TryReadInt32BigEndian(_rest, out value))
        {
            return false;
        }

        _rest = _rest[sizeof(int)..];
        return true;
    }

    public bool TryReadBytes(int count, out ReadOnlySpan<byte> value)
    {
        if (count < 0 || count > _rest.Length)
        {
            value = default;
            return false;
        }

        value = _rest[..count];
        _rest = _rest[count..];
        return true;
    }

    /// <summary>Bytes up to a terminating zero, which is taken too.</summary>
    public bool TryReadTerminated(out ReadOnlySpan<byte> value)
    {
        var end = _rest.IndexOf((byte)0);
        if (end < 0)
        {
            value = default;
            return false;
        }

        value = _rest[..end];
        _rest = _rest[(end + 1)..];
        return true;
    }

    /// <summary>Text up to a terminating zero. Bytes that are not UTF-8 become replacement characters.</summary>
    public bool TryReadText(out string value)
    {
        var isRead = TryReadTerminated(out var bytes);
        value = isRead ? Encoding.UTF8.GetString(bytes) : "";
        return isRead;
    }
}
