namespace Router.Dcs.InMemory;

/// <summary>Wakes one watching client when the store or its faults change; changes coalesce.</summary>
internal sealed class InMemoryWatch : IDisposable
{
    private readonly Lock _lock = new();
    private readonly InMemoryStore _store;
    private TaskCompletionSource _next = new();

    public InMemoryWatch(InMemoryStore store)
    {
        _store = store;
        _store.Changed += Wake;
    }

    /// <summary>Ends at the next change after this call.</summary>
    public Task NextAsync(CancellationToken aborted)
    {
        lock (_lock)
        {
            return _next.Task.WaitAsync(aborted);
        }
    }

    public void Wake()
    {
        TaskCompletionSource woken;
        lock (_lock)
        {
            woken = _next;
            _next = new TaskCompletionSource();
        }

        woken.SetResult();
    }

    public void Dispose() => _store.Changed -= Wake;
}
