using Router.Cluster;

namespace Router.Proxy.Routing;

/// <summary>A member and where its PostgreSQL listens.</summary>
public sealed record RoutedMember(MemberName Name, MemberAddress Address)
{
    /// <summary>It stands in the configuration: no view of the cluster knows its role, and none ends its sessions.</summary>
    public bool IsFixed { get; init; }
}
