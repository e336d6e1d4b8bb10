using Router.Configuration.PgBouncer.Settings;
using TlsMode = Router.Proxy.TlsMode;

namespace Router.Configuration.PgBouncer.Conversion;

/// <summary>What was kept from happening and no longer would be: said aloud, since a comment is easily missed.</summary>
internal static class ConversionWarnings
{
    public static void Add(SettingValues settings, Findings findings)
    {
        if (settings.Of(SettingTable.ClientTlsSslmode) >= TlsMode.Require)
        {
            Warn(SettingTable.ClientTlsSslmode, "clients would connect in clear: the proxy serves no TLS yet");
        }

        if (settings.Of(SettingTable.ServerTlsSslmode) >= TlsMode.Require)
        {
            Warn(SettingTable.ServerTlsSslmode, "members would be connected to in clear: the proxy speaks no TLS to them yet");
        }

        if (settings.Of(SettingTable.DisablePqexec))
        {
            Warn(SettingTable.DisablePqexec, "simple queries would be let through");
        }

        void Warn(Setting setting, string sentence)
        {
            if (settings.Written(setting) is { } entry)
            {
                findings.Warning(entry.At, setting.Name, sentence);
            }
        }
    }
}
