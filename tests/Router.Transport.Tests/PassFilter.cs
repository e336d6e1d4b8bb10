namespace Router.Transport.Tests;

/// <summary>Lets everything pass and counts.</summary>
internal sealed class PassFilter : IRelayFilter
{
    public long Seen { get; private set; }

    public RelayVerdict Inspect(ReadOnlySpan<byte> chunk)
    {
        Seen += chunk.Length;
        return RelayVerdict.Pass(chunk.Length);
    }
}
