using System.Buffers.Binary;

namespace Router.Protocol.Framing;

/// <summary>
/// Finds the messages in a stream of typed messages, whatever pieces it comes in. Counters only: it holds no byte of a
/// body, and at most the four bytes of a length word that a piece cut through.
/// </summary>
public struct FrameScanner(FrameSide side)
{
    private readonly FrameSide _side = side;
    private uint _lengthSoFar;
    private int _headerBytes;
    private int _bodyRemaining;
    private byte _type;
    private bool _isMalformed;

    /// <summary>Type of the current message: valid from its first byte on.</summary>
    public readonly byte Type => _type;

    /// <summary>Bytes of the current body that have not come yet.</summary>
    public readonly int BodyRemaining => _bodyRemaining;

    /// <summary>True between two messages.</summary>
    public readonly bool IsAtBoundary => _headerBytes == 0 && _bodyRemaining == 0 && !_isMalformed;

    /// <summary>
    /// Takes the next piece of <paramref name="input"/>: the rest of a header or bytes of one body, never both. Call it
    /// with what is left after <paramref name="taken"/> until it says <see cref="FrameEvent.NeedMore"/>.
    /// </summary>
    public FrameEvent Next(ReadOnlySpan<byte> input, out int taken)
    {
        if (_bodyRemaining > 0)
        {
            taken = Math.Min(_bodyRemaining, input.Length);
            _bodyRemaining -= taken;
            return taken > 0 ? FrameEvent.Body : FrameEvent.NeedMore;
        }

        if (_headerBytes == 0 && input.Length >= FrameHeader.Size && !_isMalformed)
        {
            _type = input[0];
            taken = FrameHeader.Size;
            return Begin(BinaryPrimitives.ReadInt32BigEndian(input[1..]));
        }

        return NextOfHeader(input, out taken);
    }

    private FrameEvent NextOfHeader(ReadOnlySpan<byte> input, out int taken)
    {
        taken = 0;
        if (_isMalformed)
        {
            return FrameEvent.Malformed;
        }

        while (taken < input.Length)
        {
            var next = input[taken++];
            if (_headerBytes++ == 0)
            {
                _type = next;
                _lengthSoFar = 0;
                continue;
            }

            _lengthSoFar = (_lengthSoFar << 8) | next;
            if (_headerBytes == FrameHeader.Size)
            {
                return Begin((int)_lengthSoFar);
            }
        }

        return FrameEvent.NeedMore;
    }

    private FrameEvent Begin(int length)
    {
        _headerBytes = 0;
        if (!FrameLimits.IsValid(_side, _type, length))
        {
            _isMalformed = true;
            return FrameEvent.Malformed;
        }

        _bodyRemaining = length - sizeof(int);
        return FrameEvent.Header;
    }
}
