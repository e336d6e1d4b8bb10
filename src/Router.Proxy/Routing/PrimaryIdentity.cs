using Router.Cluster;

namespace Router.Proxy.Routing;

/// <summary>
/// What makes a primary the same one as before (S20): while all three stay, its sessions live on, whatever becomes of
/// the leader key in between.
/// </summary>
public sealed record PrimaryIdentity(SystemIdentifier System, MemberName Leader, Timeline Timeline);
