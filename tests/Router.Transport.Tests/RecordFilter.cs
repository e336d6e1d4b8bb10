namespace Router.Transport.Tests;

/// <summary>
/// Reads messages of one length byte and a body, like a protocol: forwards whole messages, holds back a cut one, and
/// stops behind the message whose body begins with <c>stopMark</c>.
/// </summary>
internal sealed class RecordFilter(byte stopMark) : IRelayFilter
{
    public int Records { get; private set; }

    public RelayVerdict Inspect(ReadOnlySpan<byte> chunk)
    {
        var position = 0;
        while (position < chunk.Length && position + 1 + chunk[position] <= chunk.Length)
        {
            var length = chunk[position];
            var isStop = length > 0 && chunk[position + 1] == stopMark;
            position += 1 + length;
            Records++;
            if (isStop)
            {
                return RelayVerdict.StopAfter(position);
            }
        }

        return RelayVerdict.Pass(position);
    }
}
