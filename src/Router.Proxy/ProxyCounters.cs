using System.Collections.Immutable;
using Router.Proxy.Routing;

namespace Router.Proxy;

/// <summary>Counts what happens seldom enough to be counted together for all loops.</summary>
internal sealed class ProxyCounters
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, long> _finalErrors = new(StringComparer.Ordinal);
    private readonly HandshakeCounters _clientHandshakes = new();
    private readonly HandshakeCounters _serverHandshakes = new();
    private long _connectionIds;
    private long _clients;
    private long _heldPrimary;
    private long _heldReplica;
    private long _holdTimeouts;
    private long _holdQueueFull;
    private long _backendOpenFailures;
    private long _cancelsForwarded;
    private long _cancelsUnknown;
    private long _cancelsDropped;
    private long _bytesFromClients;
    private long _bytesFromBackends;

    /// <summary>Numbers clients and server connections together, as the console tells them apart.</summary>
    public long NextConnectionId() => Interlocked.Increment(ref _connectionIds);

    public HandshakeCounters Handshakes(bool isClientLeg) => isClientLeg ? _clientHandshakes : _serverHandshakes;

    public void ClientCame() => Interlocked.Increment(ref _clients);

    public void Held(ListenerKind kind) =>
        Interlocked.Increment(ref kind == ListenerKind.Primary ? ref _heldPrimary : ref _heldReplica);

    public void HoldTimedOut() => Interlocked.Increment(ref _holdTimeouts);

    public void HoldQueueWasFull() => Interlocked.Increment(ref _holdQueueFull);

    public void BackendOpenFailed() => Interlocked.Increment(ref _backendOpenFailures);

    public void CancelForwarded() => Interlocked.Increment(ref _cancelsForwarded);

    public void CancelUnknown() => Interlocked.Increment(ref _cancelsUnknown);

    public void CancelDropped() => Interlocked.Increment(ref _cancelsDropped);

    public void SessionEnded(long bytesFromClient, long bytesFromBackend)
    {
        Interlocked.Add(ref _bytesFromClients, bytesFromClient);
        Interlocked.Add(ref _bytesFromBackends, bytesFromBackend);
    }

    /// <summary>A final error of the proxy's own went to a client.</summary>
    public void FinalErrorSent(string sqlState)
    {
        lock (_lock)
        {
            _finalErrors[sqlState] = _finalErrors.GetValueOrDefault(sqlState) + 1;
        }
    }

    public ProxySnapshot Snapshot()
    {
        ImmutableSortedDictionary<string, long> finalErrors;
        lock (_lock)
        {
            finalErrors = _finalErrors.ToImmutableSortedDictionary(StringComparer.Ordinal);
        }

        return new ProxySnapshot
        {
            ClientsTotal = Interlocked.Read(ref _clients),
            HeldPrimaryTotal = Interlocked.Read(ref _heldPrimary),
            HeldReplicaTotal = Interlocked.Read(ref _heldReplica),
            HoldTimeoutsTotal = Interlocked.Read(ref _holdTimeouts),
            HoldQueueFullTotal = Interlocked.Read(ref _holdQueueFull),
            BackendOpenFailuresTotal = Interlocked.Read(ref _backendOpenFailures),
            CancelsForwardedTotal = Interlocked.Read(ref _cancelsForwarded),
            CancelsUnknownTotal = Interlocked.Read(ref _cancelsUnknown),
            CancelsDroppedTotal = Interlocked.Read(ref _cancelsDropped),
            BytesFromClientsTotal = Interlocked.Read(ref _bytesFromClients),
            BytesFromBackendsTotal = Interlocked.Read(ref _bytesFromBackends),
            ClientHandshakes = _clientHandshakes.Totals(),
            ServerHandshakes = _serverHandshakes.Totals(),
            FinalErrorsTotal = finalErrors,
        };
    }
}
