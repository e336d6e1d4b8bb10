namespace Router.Proxy.Routing;

/// <summary>One volatile reference to the newest view, and whoever waits for the next one. Published by one owner.</summary>
public sealed class ViewPublisher
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RoutingView _current = RoutingView.Initial;

    public RoutingView Current => Volatile.Read(ref _current);

    /// <inheritdoc cref="IClusterViewSource.WaitForChangeAsync"/>
    public async Task<RoutingView> WaitForChangeAsync(long seenVersion, CancellationToken aborted)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_current.Version > seenVersion)
                {
                    return _current;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(aborted);
        }
    }

    /// <summary>Gives the view the next version and makes it the newest.</summary>
    public void Publish(RoutingView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        TaskCompletionSource changed;
        lock (_lock)
        {
            Volatile.Write(ref _current, view with { Version = _current.Version + 1 });
            (changed, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        changed.SetResult();
    }
}
