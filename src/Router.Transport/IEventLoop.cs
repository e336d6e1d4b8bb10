using System.Net;

namespace Router.Transport;

/// <summary>
/// One thread that owns its connections and timers. While a handler runs on it, its SynchronizationContext is current:
/// an await inside a handler comes back to the loop, whatever was awaited.
/// </summary>
public interface IEventLoop
{
    int Index { get; }

    bool IsCurrent { get; }

    /// <summary>Connections that belong to the loop now; for spreading load and for metrics.</summary>
    int ConnectionCount { get; }

    /// <summary>How long it has worked, from the beginning on; the rest of the time it has waited. From any thread.</summary>
    TimeSpan BusyTime { get; }

    /// <summary>Timers fire on the loop, with the loop's own coarse clock (about 1 ms).</summary>
    TimeProvider Time { get; }

    /// <summary>Runs <paramref name="callback"/> on the loop's thread, in the order posted. Callable from any thread.</summary>
    void Post(Action<object?> callback, object? state);

    /// <summary>
    /// Opens a connection that belongs to this loop; called on the loop. Takes addresses, not names: resolving is the
    /// caller's, off the loop.
    /// </summary>
    /// <exception cref="TransportException">Refused, unreachable, or <paramref name="aborted"/> fired first.</exception>
    ValueTask<IConnection> ConnectAsync(EndPoint endPoint, CancellationToken aborted);

    /// <summary>
    /// Passes bytes both ways between two connections of this loop until one side ends or a filter stops it. The hot
    /// path: bytes go from the loop's scratch straight to the other socket; they are copied only when that socket is
    /// full, and then reading pauses, so that a slow reader never grows memory beyond <see cref="RelayOptions.HeldMax"/>.
    /// </summary>
    ValueTask<RelayEnd> RelayAsync(
        IConnection client,
        IConnection backend,
        IRelayFilter fromClient,
        IRelayFilter fromBackend,
        RelayOptions options,
        CancellationToken aborted);

    /// <summary>
    /// The same without an awaitable: null while it runs, and then <paramref name="owner"/> is told how it ended; else how
    /// it ended at once, and the owner is not told.
    /// </summary>
    RelayEnd? StartRelay(
        IConnection client,
        IConnection backend,
        IRelayFilter fromClient,
        IRelayFilter fromBackend,
        RelayOptions options,
        IRelayOwner owner);

    /// <summary>Ends the relay that takes bytes from <paramref name="client"/>; nothing happens where there is none.</summary>
    void AbortRelay(IConnection client);
}
