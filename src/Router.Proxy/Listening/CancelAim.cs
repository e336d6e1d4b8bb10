using System.Net;
using Router.Protocol.Messages;
using Router.Proxy.Pooling;

namespace Router.Proxy.Listening;

/// <summary>The server and the key that a cancel request is to be passed on with.</summary>
/// <param name="Backend">Kept from other clients until the request has ended; null where the client's own.</param>
internal sealed record CancelAim(EndPoint EndPoint, BackendKeyData Key, PooledBackend? Backend);
