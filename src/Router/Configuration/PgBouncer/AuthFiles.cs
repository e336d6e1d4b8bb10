using System.Collections.Immutable;
using Router.Configuration.PgBouncer.Settings;
using Router.Proxy;
using Router.Proxy.Authentication.Hba;
using Router.Proxy.Pooling;
using Auth = Router.Configuration.PgBouncer.Settings.AuthType;
using static Router.Configuration.PgBouncer.Settings.SettingTable;

namespace Router.Configuration.PgBouncer;

/// <summary>What the files of authentication say that a <c>pgbouncer.ini</c> names.</summary>
internal sealed record AuthFiles(UserList Users, HbaRules Hba)
{
    /// <summary>A change of one of these reads the files again.</summary>
    public static readonly ImmutableHashSet<Setting> Settings = [SettingTable.AuthFile, SettingTable.AuthType, AuthHbaFile, AuthIdentFile];

    public static AuthFiles None { get; } = new(UserList.Empty, HbaRules.Empty);

    /// <summary>The HBA file is read where it counts only; what is wrong with it is an error.</summary>
    public static AuthFiles Read(SettingValues settings, Findings findings)
    {
        var users = AuthFile.Read(settings, findings);
        return settings.Of(SettingTable.AuthType) == Auth.Hba
            ? new AuthFiles(users, ReadHba(settings, findings))
            : new AuthFiles(users, HbaRules.Empty);
    }

    private static HbaRules ReadHba(SettingValues settings, Findings findings)
    {
        var written = settings.Written(SettingTable.AuthType)!;
        var (path, ident) = (settings.Of(AuthHbaFile), settings.Of(AuthIdentFile));
        if (path.Length == 0)
        {
            findings.Error(written.At, SettingTable.AuthType.Name, "hba needs auth_hba_file, without which nobody is let in; set it");
            return HbaRules.Empty;
        }

        var rules = HbaFile.Read(path, ident.Length > 0 ? ident : null, AuthHbaFile.Name, findings);
        var demands = new PoolOptions { Authentication = Router.Proxy.Authentication.AuthType.Hba, Hba = rules };
        if (demands.DemandsCertificates && settings.Of(ClientTlsSslmode) < TlsMode.VerifyCa)
        {
            findings.Warning(written.At, SettingTable.AuthType.Name,
                "the HBA file demands certificates of clients who are never asked for them; set client_tls_sslmode = verify-full");
        }

        return rules;
    }
}
