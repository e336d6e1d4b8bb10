using Router.Cluster;

namespace Router.Proxy.Routing;

/// <summary>A member and where its PostgreSQL listens.</summary>
public sealed record RoutedMember(MemberName Name, MemberAddress Address);
