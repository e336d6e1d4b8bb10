namespace Router.Proxy.Sessions;

/// <summary>What a session is seen doing at one moment.</summary>
/// <param name="Answers">ReadyForQuery messages so far: another number is another request.</param>
/// <param name="IsInFlight">A request has not been answered.</param>
/// <param name="IsOpen">A request or a transaction is open.</param>
/// <param name="IsLinked">It has a server connection, or waits for one.</param>
internal readonly record struct SessionActivity(long Answers, bool IsInFlight, bool IsOpen, bool IsLinked);
