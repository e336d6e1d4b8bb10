namespace Router.Transport.Tests;

/// <summary>Client socket, client connection, backend connection, backend socket: a relay with both its ends.</summary>
internal sealed record RelayHarness(
    TransportHarness Harness, IConnection Client, TestPeer ClientPeer, IConnection Backend, TestPeer BackendPeer)
{
    public static async Task<RelayHarness> CreateAsync(TransportHarness harness, int peerBufferBytes = 0)
    {
        var (client, clientPeer) = await harness.AcceptAsync(peerBufferBytes);
        var (backend, backendPeer) = await harness.AcceptAsync(peerBufferBytes);
        return new RelayHarness(harness, client, clientPeer, backend, backendPeer);
    }

    public Task<RelayEnd> RelayAsync(
        IRelayFilter? fromClient = null,
        IRelayFilter? fromBackend = null,
        RelayOptions? options = null,
        CancellationToken aborted = default) =>
        Harness.OnLoop(async () => await Harness.Loop.RelayAsync(
            Client,
            Backend,
            fromClient ?? new PassFilter(),
            fromBackend ?? new PassFilter(),
            options ?? RelayOptions.Default,
            aborted));
}
