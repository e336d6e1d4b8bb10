using Router.Protocol.Messages;

namespace Router.Proxy.Pooling;

/// <summary>
/// What a waiting session gets: a server connection, or the words in which the client is refused, or neither when the
/// session itself gave up.
/// </summary>
internal readonly record struct PoolAnswer(PooledBackend? Backend, ErrorResponse? Refusal);
