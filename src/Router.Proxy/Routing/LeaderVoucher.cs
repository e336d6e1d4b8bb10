using Router.Cluster;

namespace Router.Proxy.Routing;

/// <summary>Somebody vouched for the holder of one writing of the leader key, up to a moment (S19).</summary>
public sealed record LeaderVoucher(LeaderStamp Stamp, BootTime Until);
