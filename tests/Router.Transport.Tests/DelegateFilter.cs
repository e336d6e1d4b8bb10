namespace Router.Transport.Tests;

/// <summary>A filter from a function of the chunk's bytes.</summary>
internal sealed class DelegateFilter(Func<byte[], RelayVerdict> inspect) : IRelayFilter
{
    public RelayVerdict Inspect(ReadOnlySpan<byte> chunk) => inspect(chunk.ToArray());
}
