using System.Collections.Immutable;
using System.Net;
using Router.Configuration;
using Router.Configuration.PgBouncer;
using Router.Configuration.PgBouncer.Ini;
using Router.Configuration.PgBouncer.Settings;
using Router.Configuration.Yaml;
using Router.Proxy;
using Router.Proxy.Manners;

namespace Router.Hosting.PgBouncer;

/// <summary>
/// A <c>pgbouncer.ini</c> and its files of authentication as they are in force. Immutable; a reload and SET make the next
/// one.
/// </summary>
internal sealed record PoolerConfiguration(PgBouncerConfiguration Ini, AuthFiles Files, FileStamp UsersStamp)
{
    /// <summary>Null when there was an error; what to say is in <paramref name="findings"/>.</summary>
    public static PoolerConfiguration? Load(string file, Findings findings)
    {
        if (PgBouncerIni.Load(file, findings) is not { } ini)
        {
            return null;
        }

        UnsupportedSettings.Report(ini, findings);
        return Of(ini, findings);
    }

    /// <summary>The same with the user list as it is now.</summary>
    public PoolerConfiguration WithUsers(Findings findings)
    {
        // The stamp first: what is written after it is read again.
        var stamp = FileStamp.Of(Ini.Settings.Of(SettingTable.AuthFile));
        return this with { Files = Files with { Users = AuthFile.Read(Ini.Settings, findings) }, UsersStamp = stamp };
    }

    public ProxyOptions ToOptions(ImmutableArray<EndPoint> listen, Personality personality) =>
        PgBouncerOptions.Of(Ini, Files, listen, personality) with { ConsoleOwner = Accounts.Current };

    /// <summary>The same with one other value; null where there is no such setting, it does not fit, or needs a restart.</summary>
    public PoolerConfiguration? With(string key, string text, Findings findings)
    {
        if (SettingTable.Find(key) is not { IsReloadable: true } setting || setting.Read(text) is not { } value)
        {
            return null;
        }

        var at = new SourcePosition("SET", 0, 0);
        var next = Ini with { Settings = Ini.Settings.With(setting, value, new IniEntry(key, at, text, at)) };
        RelationRules.Check(next.Settings, findings);
        UnsupportedSettings.Report(next, findings);
        return AuthFiles.Settings.Contains(setting) ? Of(next, findings)
            : findings.HasErrors ? null
            : this with { Ini = next };
    }

    /// <summary>
    /// What becomes of this one by a file that was read again: settings that need a restart stay, and their names are told.
    /// </summary>
    public ReloadPlan<PoolerConfiguration> Become(PoolerConfiguration written)
    {
        var settings = written.Ini.Settings;
        var needsRestart = new List<string>();
        foreach (var setting in SettingTable.All.Where(static setting => !setting.IsReloadable))
        {
            if (settings.Show(setting) != Ini.Settings.Show(setting))
            {
                needsRestart.Add(setting.Name);
                settings = settings.WithThatOf(setting, Ini.Settings);
            }
        }

        return new ReloadPlan<PoolerConfiguration>(written with { Ini = written.Ini with { Settings = settings } }, needsRestart);
    }

    /// <summary>With its files as they are now; null where there was an error.</summary>
    private static PoolerConfiguration? Of(PgBouncerConfiguration ini, Findings findings)
    {
        // The stamp first: what is written after it is read again.
        var stamp = FileStamp.Of(ini.Settings.Of(SettingTable.AuthFile));
        var files = findings.HasErrors ? AuthFiles.None : AuthFiles.Read(ini.Settings, findings);
        return findings.HasErrors ? null : new PoolerConfiguration(ini, files, stamp);
    }
}
