using Router.Protocol;
using Router.Proxy.Pooling;

namespace Router.Proxy.Sessions;

/// <param name="CloseReason">Why the connection is no good any more; null where nothing is known against it.</param>
/// <param name="IsAtRest">Everything sent to it is answered, and both directions stand between two messages.</param>
/// <param name="EndsByItself">It is not at rest, but what is in flight is whole and can be cancelled.</param>
/// <param name="Transaction">What the last ReadyForQuery said.</param>
/// <param name="Mode">The session's.</param>
/// <param name="IsDirty">The client has changed the session, and has not put that right.</param>
/// <param name="Options">Null where pooling was switched off meanwhile.</param>
internal readonly record struct ReleaseFacts(
    string? CloseReason, bool IsAtRest, bool EndsByItself, TransactionStatus Transaction, PoolMode Mode,
    PoolOptions? Options, bool IsDirty = false);
