using Router.Proxy.Routing;

namespace Router.Proxy.Pooling;

/// <summary>What server connections must have in common to serve the same clients.</summary>
public readonly record struct PoolKey(ListenerKind Kind, string Database, string User);
