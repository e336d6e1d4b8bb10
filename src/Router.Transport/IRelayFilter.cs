namespace Router.Transport;

/// <summary>
/// Looks at the bytes of one direction of a relay, in place and in order; each forwarded byte once. Runs on the loop for
/// every chunk: no allocation, no blocking, no exceptions.
/// </summary>
public interface IRelayFilter
{
    /// <summary>
    /// Says how much of <paramref name="chunk"/> is to be forwarded and whether the relay goes on. A filter that holds
    /// back everything up to the size of the loop's scratch (128 KiB) or of <see cref="RelayOptions.HeldMax"/> can see no
    /// more: that ends the relay as if the filter had stopped it there.
    /// </summary>
    RelayVerdict Inspect(ReadOnlySpan<byte> chunk);
}
