using System.Runtime.InteropServices;
using Router.Proxy;

namespace Router.Hosting.Proxy;

/// <summary>What the console orders of a process that runs by a <c>router.yml</c>: what its signals order too.</summary>
internal sealed class ProxyOperations(ProxyReload reload, ProxyServer server, ProcessSignals signals) : IProxyOperations
{
    public Task<bool> ReloadAsync() => Task.Run(reload.TryReload);

    /// <summary>The file is the only place where settings are changed.</summary>
    public Task<bool> SetAsync(string key, string value) => Task.FromResult(false);

    /// <summary>The proxy's own.</summary>
    public IReadOnlyList<SettingFact>? Settings() => null;

    public void Shutdown(ShutdownMode mode)
    {
        // The first order counts, so this one goes before the signal's, whose work is all that is beside the proxy.
        server.Shutdown(mode);
        signals.Receive(PosixSignal.SIGTERM);
    }
}
