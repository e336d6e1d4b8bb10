using System.Collections.Concurrent;
using Router.Cluster;
using Router.Proxy.Routing;

namespace Router.Testing.Proxy;

/// <summary>A source of routing views whose test publishes them.</summary>
public sealed class ManualClusterViews : IClusterViewSource
{
    private readonly ViewPublisher _publisher = new();

    public RoutingView Current => _publisher.Current;

    public Task<RoutingView> WaitForChangeAsync(long seenVersion, CancellationToken aborted) =>
        _publisher.WaitForChangeAsync(seenVersion, aborted);

    /// <summary>Who was reported to be a standby.</summary>
    public ConcurrentQueue<PrimaryIdentity> Standbys { get; } = new();

    /// <summary>Holds until the test publishes the next primary, as a tracker holds until it has verified one.</summary>
    public void ReportStandby(PrimaryIdentity identity)
    {
        Standbys.Enqueue(identity);
        Publish(Current with { Primary = null, Hold = "the leader is still in recovery" });
    }

    public void Publish(RoutingView view) => _publisher.Publish(view);

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
        Standbys = replicas.Select(replica => new MemberName(replica.Name)).ToEquatableList(),
    });
}
