using System.Diagnostics.CodeAnalysis;

namespace Router.Proxy.Peers;

/// <summary>The cancel requests on their way to one peer, a bounded number at a time. Callable from any thread.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A semaphore without a wait handle, that lives as long as its peer.")]
internal sealed class PeerPool(PeerOptions options, int size)
{
    private readonly SemaphoreSlim _places = new(size, size);
    private int _waiting;
    private int _active;

    public PeerOptions Options => options;

    public int Size => size;

    /// <summary>Requests for which there is no place yet.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    public int Active => Volatile.Read(ref _active);

    /// <exception cref="OperationCanceledException">No place became free in time.</exception>
    public async Task SendAsync(Func<CancellationToken, Task> send, CancellationToken aborted)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            await _places.WaitAsync(aborted);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        Interlocked.Increment(ref _active);
        try
        {
            await send(aborted);
        }
        finally
        {
            Interlocked.Decrement(ref _active);
            _places.Release();
        }
    }
}
