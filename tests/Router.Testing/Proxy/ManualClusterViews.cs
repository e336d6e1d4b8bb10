using Router.Cluster;
using Router.Proxy.Routing;

namespace Router.Testing.Proxy;

/// <summary>A source of routing views whose test publishes them.</summary>
public sealed class ManualClusterViews : IClusterViewSource
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RoutingView _current = RoutingView.Initial;

    public RoutingView Current => Volatile.Read(ref _current);

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

    public void Publish(RoutingView view)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            ArgumentNullException.ThrowIfNull(view);
            Volatile.Write(ref _current, view with { Version = _current.Version + 1 });
            (changed, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        changed.SetResult();
    }

    /// <summary>A primary that may be written to without end.</summary>
    public VerifiedPrimary PublishPrimary(string name, int port, int timeline = 1, string host = "127.0.0.1")
    {
        var primary = new VerifiedPrimary(
            new PrimaryIdentity(new SystemIdentifier(7_000_000_000), new MemberName(name), new Timeline(timeline)),
            new RoutedMember(new MemberName(name), new MemberAddress(host, port)));
        Publish(Current with { Primary = primary, Hold = null, WritesUntil = new BootTime(TimeSpan.MaxValue) });
        return primary;
    }

    public void PublishHold(string reason) => Publish(Current with { Hold = reason });

    public void PublishReplicas(params (string Name, int Port)[] replicas) => Publish(Current with
    {
        Replicas = replicas
            .Select(replica => new RoutedMember(new MemberName(replica.Name), new MemberAddress("127.0.0.1", replica.Port)))
            .ToEquatableList(),
    });
}
