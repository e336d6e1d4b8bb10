using System.Threading.Tasks.Sources;
using Router.Transport.Loops;

namespace Router.Transport;

/// <summary>
/// A wait of one owner on one loop, used again and again without allocating. Who sets it, on that loop, runs the waiting
/// owner's continuation inline.
/// </summary>
public sealed class LoopSignal<T>(IEventLoop loop) : IValueTaskSource<T>
{
    private readonly Loop _loop = (Loop)loop;
    private Completion<T> _completion;

    /// <summary>Somebody waits.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>Waits for the next <see cref="TrySet"/>; one wait at a time, and its task is awaited once.</summary>
    public ValueTask<T> WaitAsync()
    {
        if (IsWaiting)
        {
            throw new InvalidOperationException("the signal has a waiting owner already");
        }

        _completion.Reset();
        IsWaiting = true;
        return new ValueTask<T>(this, _completion.Version);
    }

    /// <summary>Ends the wait with this value; false where nobody waits.</summary>
    public bool TrySet(T value)
    {
        if (!IsWaiting)
        {
            return false;
        }

        IsWaiting = false;
        _completion.Complete(value);
        return true;
    }

    /// <inheritdoc/>
    public T GetResult(short token) => _completion.GetResult(token);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _completion.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _completion.OnCompleted(continuation, state, token, flags, _loop);
}
