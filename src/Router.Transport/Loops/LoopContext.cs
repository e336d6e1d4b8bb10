namespace Router.Transport.Loops;

/// <summary>Brings continuations of foreign tasks back to the loop.</summary>
internal sealed class LoopContext : SynchronizationContext
{
    private readonly Loop _loop;

    public LoopContext(Loop loop) => _loop = loop;

    public override void Post(SendOrPostCallback d, object? state) =>
        _loop.Post(static pair => ((SendPair)pair!).Run(), new SendPair(d, state));

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (!_loop.IsCurrent)
        {
            throw new NotSupportedException("waiting for a loop from another thread is not supported; post instead");
        }

        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;

    private sealed record SendPair(SendOrPostCallback Callback, object? State)
    {
        public void Run() => Callback(State);
    }
}
