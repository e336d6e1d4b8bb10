using System.Collections.Immutable;
using System.Net;
using Router.Configuration;
using Router.Configuration.PgBouncer.Settings;
using Router.Proxy;
using Router.Proxy.Manners;

namespace Router.Hosting.PgBouncer;

/// <summary>
/// Owner of the configuration in force, and whoever changes it: SIGHUP, the console, and the user list when it is written.
/// </summary>
internal sealed class PoolerOperations : IProxyOperations
{
    private readonly Lock _lock = new();
    private readonly Func<Findings, PoolerConfiguration?> _read;
    private readonly ImmutableArray<EndPoint> _listen;
    private readonly Personality _personality;
    private readonly ProxyServer _server;
    private readonly LogSink _sink;
    private readonly ProcessLog _log;
    private readonly ILogger _logger;
    private PoolerConfiguration _inForce;

    public PoolerOperations(
        PoolerConfiguration first,
        Func<Findings, PoolerConfiguration?> read,
        ImmutableArray<EndPoint> listen,
        Personality personality,
        ProxyServer server,
        LogSink sink,
        ProcessLog log)
    {
        (_inForce, _read, _listen, _personality) = (first, read, listen, personality);
        (_server, _sink, _log) = (server, sink, log);
        _logger = log.Loggers.CreateLogger("Router.Proxy");
    }

    public Task<bool> ReloadAsync() => Task.Run(TryReload);

    public Task<bool> SetAsync(string key, string value) => Task.Run(() => TrySet(key, value));

    /// <summary>False where the file cannot be used, and everything stays as it was.</summary>
    public bool TryReload()
    {
        lock (_lock)
        {
            var findings = new Findings();
            if (ReloadLog.Tell(_logger, findings, _read(findings)) is not { } written)
            {
                return false;
            }

            var (effective, needsRestart) = _inForce.Become(written);
            ReloadLog.TellRestart(_logger, needsRestart);
            Apply(effective);
            ReloadLog.Reloaded(_logger);
            return true;
        }
    }

    public IReadOnlyList<SettingFact>? Settings()
    {
        PoolerConfiguration now;
        lock (_lock)
        {
            now = _inForce;
        }

        return
        [
            .. SettingTable.All.Select(setting => new SettingFact(
                setting.Name, ValueOf(now, setting), setting.Default, setting.IsReloadable)),
        ];
    }

    public void Shutdown(ShutdownMode mode) => _server.Shutdown(mode);

    /// <summary>Reads the user list where it has changed; looked at some times a minute.</summary>
    public void LookAtUsers()
    {
        lock (_lock)
        {
            var path = _inForce.Ini.Settings.Of(SettingTable.AuthFile);
            if (FileStamp.Of(path) == _inForce.UsersStamp)
            {
                return;
            }

            var findings = new Findings();
            var next = _inForce.WithUsers(findings);
            _ = ReloadLog.Tell(_logger, findings, next);
            Apply(next);
            PoolerLog.UsersChanged(_logger, path);
        }
    }

    private bool TrySet(string key, string value)
    {
        lock (_lock)
        {
            var findings = new Findings();
            if (_inForce.With(key, value, findings) is not { } next)
            {
                return false;
            }

            Apply(next);
            PoolerLog.SettingChanged(_logger, key, key == SettingTable.AuthLdapOptions.Name ? "***" : value);
            return true;
        }
    }

    private void Apply(PoolerConfiguration next)
    {
        _server.Reconfigure(next.ToOptions(_listen, _personality));
        _inForce = next;
        _log.SetLevel(PoolerHost.LevelOf(next.Ini.Settings));
        try
        {
            _sink.Open(next.Ini.Settings.Of(SettingTable.Logfile));
        }
        catch (IOException refused)
        {
            PoolerLog.Remark(_logger, refused.Message);
        }
    }

    /// <summary>Options of LDAP may hold a password.</summary>
    private static string? ValueOf(PoolerConfiguration now, Setting setting) =>
        setting == SettingTable.AuthLdapOptions && now.Ini.Settings.Of(SettingTable.AuthLdapOptions).Length > 0
            ? "***"
            : setting == SettingTable.Conffile ? now.Ini.File
            : now.Ini.Settings.Show(setting);
}
