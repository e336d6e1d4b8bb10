using System.Collections.Immutable;
using Router.Configuration.PgBouncer.Settings;

namespace Router.Configuration.PgBouncer.Conversion;

/// <summary>
/// Prints the <c>router.yml</c> that means the same as a <c>pgbouncer.ini</c>: every value with where it came from, what
/// has no place with the reason, and marked lines for what a <c>pgbouncer.ini</c> cannot know. Until those are filled in
/// the file is refused.
/// </summary>
internal sealed class RouterYamlConversion
{
    /// <summary>Begins the comment of a line that somebody has to complete.</summary>
    public const string Mark = "FILL IN:";

    private readonly YamlText _yaml = new();
    private readonly PgBouncerConfiguration _configuration;
    private readonly SettingValues _settings;

    private RouterYamlConversion(PgBouncerConfiguration configuration) =>
        (_configuration, _settings) = (configuration, configuration.Settings);

    public static string Of(PgBouncerConfiguration configuration)
    {
        var conversion = new RouterYamlConversion(configuration);
        conversion.WriteHead();
        conversion.WriteListen();
        conversion.Write(ConvertedSettings.Connections);
        conversion.WritePeers();
        conversion._yaml.Blank();
        conversion.Write(ConvertedSettings.Tls);
        conversion.WritePools();
        conversion.WriteLog();
        conversion.WriteUnconverted();
        EntryRemarks.Write(conversion._yaml, configuration);
        return conversion._yaml.ToString();
    }

    private void WriteHead()
    {
        _yaml.Comment($"A router.yml with the meaning of {_configuration.File}. Comments say where a value comes from.");
        _yaml.Comment($"Complete the lines that say '{Mark}', then try it with 'router check-config'.");
        _yaml.Blank();
        _yaml.Line("scope:", $"{Mark} the cluster to follow, as in its patroni.yml");
        _yaml.Line("etcd3:");
        _yaml.Line("  hosts: []", $"{Mark} the store's addresses, such as [10.0.0.11:2379, 10.0.0.12:2379]");
        _yaml.Blank();
    }

    private void WriteListen()
    {
        _yaml.Line("listen:");
        _yaml.Line("  # Clients that write, and those that do not know; 'replica:' beside it lists addresses for reads.");
        var addresses = ListenAddresses.Of(_settings).ToList();
        foreach (var (_, setting, remark) in addresses.Where(address => address.Yaml is null))
        {
            _yaml.Comment($"{remark} ({Origin(setting)})");
        }

        if (addresses.TrueForAll(address => address.Yaml is null))
        {
            _yaml.Line("  primary:", $"{Mark} an address to listen at, such as [127.0.0.1:6432]");
        }
        else
        {
            _yaml.Line("  primary:");
        }

        foreach (var (yaml, setting, remark) in addresses.Where(address => address.Yaml is not null))
        {
            _yaml.Line($"    - {yaml}", WithRemark(Origin(setting), remark));
        }

        _yaml.Blank();
    }

    private void WritePeers()
    {
        if (_configuration.Peers.IsEmpty)
        {
            return;
        }

        _yaml.Line("peers:");
        foreach (var peer in _configuration.Peers)
        {
            _yaml.Line($"  {peer.Id}:", peer.At.ToString());
            _yaml.Line($"    host: {YamlText.Quoted(peer.Host)}");
            _yaml.Line($"    port: {peer.Port}");
            if (peer.PoolSize is { } size)
            {
                _yaml.Line($"    pool_size: {size}");
            }
        }
    }

    private void WritePools()
    {
        _yaml.Blank();
        Write(ConvertedSettings.Pools);
        foreach (var setting in ConvertedSettings.Authentication.Where(setting => _settings.Of(setting).Length > 0
            && (setting != SettingTable.AuthQuery || _settings.Written(setting) is not null)))
        {
            // A secret is not copied.
            var value = _settings.Of(setting);
            var isSecret = setting == SettingTable.AuthLdapOptions && value.Contains("ldapbindpasswd", StringComparison.Ordinal);
            _yaml.Line(
                isSecret ? $"{setting.Name}:" : $"{setting.Name}: {YamlText.Quoted(value)}",
                isSecret ? $"{Mark} the value of {Origin(setting)}, which holds a password" : Origin(setting));
        }

        var type = _settings.Of(SettingTable.AuthType);
        if (type == AuthType.Any)
        {
            _yaml.Line("auth_type:", $"{Mark} trust, plain, md5, scram-sha-256, cert, hba, ldap or pam; there is no "
                + $"{_settings.Show(SettingTable.AuthType)} here ({Origin(SettingTable.AuthType)})");
        }
        else
        {
            _yaml.Line($"auth_type: {_settings.Show(SettingTable.AuthType)}", Origin(SettingTable.AuthType));
        }
    }

    private void WriteLog()
    {
        _yaml.Blank();
        _yaml.Line("log:");
        var isVerbose = _settings.Of(SettingTable.Verbose) > 0;
        _yaml.Line($"  level: {(isVerbose ? "DEBUG" : "INFO")}", Origin(SettingTable.Verbose));
    }

    private void Write(ImmutableArray<ConvertedSetting> settings)
    {
        foreach (var converted in settings)
        {
            var (value, remark) = converted.ValueOf(_settings);
            _yaml.Line($"{converted.Key}: {value}", WithRemark(Origin(converted.Setting), remark));
        }
    }

    private void WriteUnconverted()
    {
        var written = SettingTable.All.Where(setting =>
            UnconvertedSettings.ReasonOf(setting) is not null && _settings.Written(setting) is not null).ToList();
        if (written.Count == 0)
        {
            return;
        }

        _yaml.Blank();
        _yaml.Comment("What has no place here:");
        foreach (var setting in written)
        {
            var line = $"{setting} = {_settings.Written(setting)!.Text}".TrimEnd();
            _yaml.Comment($"{line} ({Origin(setting)}): {UnconvertedSettings.ReasonOf(setting)}");
        }
    }

    private static string WithRemark(string origin, string? remark) => remark switch
    {
        null => origin,
        _ when remark.StartsWith(Mark, StringComparison.Ordinal) => $"{remark} ({origin})",
        _ => $"{origin}; {remark}",
    };

    private string Origin(Setting setting) => _settings.Written(setting)?.At.ToString() ?? "PgBouncer's default";
}
