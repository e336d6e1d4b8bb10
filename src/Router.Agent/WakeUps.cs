using System.Threading.Channels;

namespace Router.Agent;

/// <summary>
/// Why the cycle runs before loop_wait has passed. Calls coalesce: the cycle works at its own pace, never inside a
/// callback, and at most once per <see cref="SpacingMin"/> (rule S13).
/// </summary>
public sealed class WakeUps(TimeProvider time)
{
    /// <summary>The shortest time between two event-driven cycles.</summary>
    public static readonly TimeSpan SpacingMin = TimeSpan.FromMilliseconds(100);

    private readonly Channel<string> _reasons = Channel.CreateBounded<string>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Asks for a cycle. Callable from anywhere.</summary>
    public void Wake(string reason) => _reasons.Writer.TryWrite(reason);

    /// <summary>Waits for a wake-up or for <paramref name="loopWait"/>; answers the reason, null for loop_wait.</summary>
    public async Task<string?> WaitAsync(TimeSpan loopWait, CancellationToken stopping)
    {
        await Task.Delay(SpacingMin < loopWait ? SpacingMin : loopWait, time, stopping);
        using var elapsed = new CancellationTokenSource(loopWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, elapsed.Token);
        try
        {
            return await _reasons.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return null;
        }
    }
}
