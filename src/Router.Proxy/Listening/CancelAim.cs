using Router.Protocol.Messages;
using Router.Proxy.Backends;
using Router.Proxy.Pooling;

namespace Router.Proxy.Listening;

/// <summary>The server and the key that a cancel request is to be passed on with.</summary>
/// <param name="Backend">Kept from other clients until the request has ended; null where the client's own.</param>
internal sealed record CancelAim(CancelAddress Address, BackendKeyData Key, PooledBackend? Backend);
