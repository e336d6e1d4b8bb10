namespace Router.Transport;

/// <summary>
/// Looks at the bytes of one direction of a relay, in place and in order, each byte once. Runs on the loop for every
/// chunk: no allocation, no blocking, no exceptions.
/// </summary>
public interface IRelayFilter
{
    /// <summary>Says how much of <paramref name="chunk"/> is to be forwarded and whether the relay goes on.</summary>
    RelayVerdict Inspect(ReadOnlySpan<byte> chunk);
}
