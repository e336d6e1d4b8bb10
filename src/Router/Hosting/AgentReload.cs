using System.Net.Sockets;
using System.Security.Cryptography;
using Router.Agent;
using Router.Agent.Api;
using Router.Agent.Observation;
using Router.Configuration;
using Router.Configuration.Agent;
using Router.Dcs.Etcd;
using Router.Postgres;

namespace Router.Hosting;

/// <summary>
/// Owner of the agent's configuration in force. Reads the file again when it is asked to, and tells the parts what is
/// new; a file that cannot be used changes nothing.
/// </summary>
internal sealed class AgentReload(
    AgentConfiguration first,
    Func<Findings, AgentConfiguration?> read,
    ProcessLog log,
    AgentServer server,
    AgentApi api,
    LocalPostgres instance,
    EtcdDcs dcs,
    MemberProbe probe) : IDisposable
{
    private readonly ILogger _logger = log.Loggers.CreateLogger("Router.Agent");
    private AgentConfiguration _inForce = first;
    private HttpClient? _members;

    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await ReloadAsync(stopping);
        }
        catch (Exception failed) when (IsUnusable(failed))
        {
            ReloadLog.Refused(_logger, failed.Message);
        }
    }

    public void Dispose() => _members?.Dispose();

    private async Task ReloadAsync(CancellationToken stopping)
    {
        var findings = new Findings();
        if (ReloadLog.Tell(_logger, findings, read(findings)) is not { } written)
        {
            return;
        }

        var (effective, needsRestart) = AgentReloadPlan.Of(_inForce, written);
        ReloadLog.TellRestart(_logger, needsRestart);
        UseMembers(effective);
        log.SetLevel(effective.Log.Level);
        dcs.Use(EtcdSettingsOf.Credentials(effective.Etcd));
        await api.ReloadAsync(effective.RestApi, stopping);
        instance.Accept(effective.Postgres);
        server.Reconfigure(AgentBuild.Options(effective));
        _inForce = effective;
        ReloadLog.Reloaded(_logger);
    }

    /// <summary>A new client only where something of it is new, for it opens its connections anew.</summary>
    private void UseMembers(AgentConfiguration effective)
    {
        var options = AgentBuild.Members(effective);
        if (options == AgentBuild.Members(_inForce))
        {
            return;
        }

        if (TlsFiles.Problem("ctl", options) is { } problem)
        {
            throw new IOException(problem);
        }

        var next = MemberProbeClient.Create(options);
        probe.Use(next);
        // Questions that are under way through the former one fail, as if the member were silent.
        _members?.Dispose();
        _members = next;
    }

    private static bool IsUnusable(Exception error) =>
        error is CryptographicException or IOException or UnauthorizedAccessException or SocketException;
}
