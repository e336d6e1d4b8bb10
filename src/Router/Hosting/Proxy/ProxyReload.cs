using System.Security.Cryptography;
using Router.Configuration;
using Router.Configuration.Proxy;
using Router.Dcs.Etcd;
using Router.Hosting.Gateway;
using Router.Hosting.PgBouncer;
using Router.Proxy;

namespace Router.Hosting.Proxy;

/// <summary>
/// Owner of the proxy's configuration in force. Reads the file again when it is asked to, and tells the parts what is
/// new; a file that cannot be used changes nothing, and no session is cut.
/// </summary>
internal sealed class ProxyReload(
    ProxyConfiguration first,
    Func<Findings, ProxyConfiguration?> read,
    ProcessLog log,
    ProxyServer server,
    GatewayServer? gateway,
    SqlBackendProbe? probe,
    MemberClient members,
    EtcdDcs dcs)
{
    private readonly ILogger _logger = log.Loggers.CreateLogger("Router.Proxy");
    private readonly Lock _lock = new();
    private ProxyConfiguration _inForce = first;

    public Task RunAsync(CancellationToken stopping)
    {
        _ = TryReload();
        return Task.CompletedTask;
    }

    /// <summary>False where the file cannot be used, and everything stays as it was. From any thread.</summary>
    public bool TryReload()
    {
        lock (_lock)
        {
            try
            {
                return Reload();
            }
            catch (Exception unusable) when (unusable is CryptographicException or IOException or UnauthorizedAccessException)
            {
                ReloadLog.Refused(_logger, $"members: {unusable.Message}");
                return false;
            }
        }
    }

    private bool Reload()
    {
        var findings = new Findings();
        if (ReloadLog.Tell(_logger, findings, read(findings)) is not { } written)
        {
            return false;
        }

        var (effective, needsRestart) = ProxyReloadPlan.Of(_inForce, written);
        ReloadLog.TellRestart(_logger, needsRestart);
        if (TlsFiles.Problem("members", effective.Members) is { } problem)
        {
            ReloadLog.Refused(_logger, problem);
            return false;
        }

        // First what may fail. Always anew: the files may have changed where their names have not.
        members.Use(effective.Members);
        gateway?.Use(effective.Members);
        log.SetLevel(effective.Log.Level);
        dcs.Use(EtcdSettingsOf.Credentials(effective.Etcd));
        if (effective.Probe is { } account)
        {
            probe?.Use(account);
        }

        server.Reconfigure(effective.Proxy with { ConsoleOwner = Accounts.Current });
        _inForce = effective;
        ReloadLog.Reloaded(_logger);
        return true;
    }
}
