using Router.Protocol.Messages;

namespace Router.Proxy.Pooling;

/// <summary>
/// What a waiting session gets: a server connection, or the words in which the client is refused, or neither when the
/// session itself gave up.
/// </summary>
internal readonly record struct PoolAnswer(PooledBackend? Backend, ErrorResponse? Refusal)
{
    /// <summary>The request for which it waited is not wanted any longer; the session goes on.</summary>
    public bool IsCanceled { get; init; }
}
