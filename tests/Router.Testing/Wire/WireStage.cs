using Router.Testing.Proxy;

namespace Router.Testing.Wire;

/// <summary>What a scenario is played on.</summary>
/// <param name="ConnectAsync">Opens a client's connection.</param>
/// <param name="AcceptAsync">The server's next connection; null where the server is a real one.</param>
public sealed record WireStage(Func<Task<WirePeer>> ConnectAsync, Func<Task<WirePeer>>? AcceptAsync = null);
