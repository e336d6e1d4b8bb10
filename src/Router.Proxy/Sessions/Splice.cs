using Router.Protocol.Framing;
using Router.Transport;

namespace Router.Proxy.Sessions;

/// <summary>
/// Makes of a chunk what is sent in its place, where that is not the chunk itself: nothing is copied until something is
/// put in or left out.
/// </summary>
/// <param name="output">Null where nothing ever is.</param>
internal ref struct Splice(ReadOnlySpan<byte> chunk, FrameWriter? output)
{
    private readonly ReadOnlySpan<byte> _chunk = chunk;
    private int _from;
    private bool _isUsed;

    /// <summary>What is written to the answer goes in here.</summary>
    public FrameWriter InsertAt(int at)
    {
        if (!_isUsed)
        {
            output!.Clear();
            _isUsed = true;
        }

        output!.Bytes(_chunk[_from..at]);
        _from = at;
        return output;
    }

    /// <summary>The bytes from the last insertion up to here are left out.</summary>
    public void SkipTo(int at) => _from = at;

    /// <summary>The answer of the filter that has taken the first <paramref name="taken"/> bytes.</summary>
    public readonly RelayVerdict End(int taken, bool isStop)
    {
        if (_isUsed)
        {
            output!.Bytes(_chunk[_from..taken]);
        }

        return new RelayVerdict(taken, isStop) { IsRewritten = _isUsed };
    }
}
