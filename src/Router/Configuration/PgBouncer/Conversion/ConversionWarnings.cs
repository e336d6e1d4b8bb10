using Router.Configuration.PgBouncer.Settings;

namespace Router.Configuration.PgBouncer.Conversion;

/// <summary>What was kept from happening and no longer would be: said aloud, since a comment is easily missed.</summary>
internal static class ConversionWarnings
{
    public static void Add(SettingValues settings, Findings findings)
    {
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
