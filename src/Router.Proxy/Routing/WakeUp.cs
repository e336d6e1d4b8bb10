using System.Threading.Channels;

namespace Router.Proxy.Routing;

/// <summary>
/// Wakes one loop before its pause is over. Signals coalesce: one that comes while nobody waits ends the next wait at
/// once.
/// </summary>
internal sealed class WakeUp
{
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Signal() => _signals.Writer.TryWrite(true);

    /// <summary>Waits for a signal or until the pause is over.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired.</exception>
    public async Task WaitAsync(TimeSpan pause, TimeProvider time, CancellationToken stopping)
    {
        using var over = new CancellationTokenSource(pause, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, stopping);
        try
        {
            await _signals.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // The pause is over.
        }
    }
}
