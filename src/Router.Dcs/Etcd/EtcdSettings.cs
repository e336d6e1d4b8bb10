using Router.Cluster;

namespace Router.Dcs.Etcd;

/// <summary>Where one cluster's keys lie in etcd, and how long its calls may take.</summary>
public sealed record EtcdSettings
{
    /// <summary>Client URLs, <c>http://host:2379</c> or <c>https://…</c>, all of one etcd cluster; at least one.</summary>
    public required EquatableList<Uri> Endpoints { get; init; }

    public string Namespace { get; init; } = "service";

    public required string Scope { get; init; }

    public EtcdTls? Tls { get; init; }

    public EtcdCredentials? Credentials { get; init; }

    /// <summary>Bound of one call to one endpoint.</summary>
    public TimeSpan CallDeadline { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Bound of a TCP connect; below <see cref="CallDeadline"/>, so that "not sent" stays certain.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromMilliseconds(700);

    /// <summary>How often a watch asks etcd whether it is still there.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A watch that has heard nothing for this long is given up and opened again.</summary>
    public TimeSpan SilenceBound { get; init; } = TimeSpan.FromSeconds(2.5);

    /// <summary>Between two tries while no endpoint answers.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary><c>/namespace/scope/</c>, runs of slashes collapsed.</summary>
    public string Prefix =>
        $"/{string.Join('/', $"{Namespace}/{Scope}".Split('/', StringSplitOptions.RemoveEmptyEntries))}/";
}
