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

    /// <summary>
    /// What was held back waits for the other direction: nothing more is read, and when that has moved and this says false,
    /// the filter is shown the same bytes again.
    /// </summary>
    bool IsWaiting => false;

    /// <summary>
    /// What is sent where the verdict says so: read once, right after <see cref="Inspect"/>. May be longer than the chunk, and
    /// then what is held for a slow reader exceeds its bound by as much.
    /// </summary>
    ReadOnlySpan<byte> Rewritten => default;
}
