using Router.Cluster;

namespace Router.Proxy.Peers;

/// <summary>Another process of the group: whoever holds a key of its may have sent the cancel request to us.</summary>
/// <param name="Id">Its <c>peer_id</c>.</param>
/// <param name="Address">Where it alone can be reached: an address that it does not share, or its unix socket.</param>
/// <param name="PoolSize">
/// <c>pool_size</c>: cancel requests on their way to it at the same time; null: <c>default_pool_size</c>.
/// </param>
public sealed record PeerOptions(int Id, MemberAddress Address, int? PoolSize = null);
