using System.Collections.Immutable;
using Router.Configuration.PgBouncer.Settings;
using Router.Proxy;
using Router.Proxy.Authentication.Hba;
using Router.Proxy.Authentication.Ldap;
using Router.Proxy.Authentication.Pam;
using Router.Proxy.Pooling;
using static Router.Configuration.PgBouncer.Settings.SettingTable;
using Auth = Router.Configuration.PgBouncer.Settings.AuthType;
using ProxyAuthType = Router.Proxy.Authentication.AuthType;

namespace Router.Configuration.PgBouncer;

/// <summary>
/// What a <c>pgbouncer.ini</c> says of authentication beyond the words of its own: its files, and where to ask. Read where it
/// counts only; what is wrong with it is an error.
/// </summary>
/// <param name="Ldap">Null: no directory is asked.</param>
internal sealed record AuthFiles(UserList Users, HbaRules Hba, LdapOptions? Ldap)
{
    /// <summary>A change of one of these reads all anew.</summary>
    public static readonly ImmutableHashSet<Setting> Settings =
        [SettingTable.AuthFile, SettingTable.AuthType, AuthHbaFile, AuthIdentFile, AuthLdapOptions];

    public static AuthFiles None { get; } = new(UserList.Empty, HbaRules.Empty, null);

    public static AuthFiles Read(SettingValues settings, Findings findings)
    {
        var files = None with { Users = AuthFile.Read(settings, findings) };
        if (settings.Written(SettingTable.AuthType) is not { } written)
        {
            return files;
        }

        var pool = new PoolOptions();
        switch (settings.Of(SettingTable.AuthType))
        {
            case Auth.Hba:
                pool = new PoolOptions { Authentication = ProxyAuthType.Hba, Hba = ReadHba(settings, findings) };
                files = files with { Hba = pool.Hba };
                break;
            case Auth.Ldap:
                files = files with { Ldap = ReadLdap(settings, findings) };
                break;
            case Auth.Pam:
                pool = new PoolOptions { Authentication = ProxyAuthType.Pam };
                break;
        }

        if (pool.AsksPam && PamLibrary.ProblemOf(PamLibrary.Name) is { } problem)
        {
            findings.Error(written.At, SettingTable.AuthType.Name, problem);
        }

        if (pool.DemandsCertificates && settings.Of(ClientTlsSslmode) < TlsMode.VerifyCa)
        {
            findings.Warning(written.At, SettingTable.AuthType.Name,
                "the HBA file demands certificates of clients who are never asked for them; set client_tls_sslmode = verify-full");
        }

        return files;
    }

    private static HbaRules ReadHba(SettingValues settings, Findings findings)
    {
        var (path, ident) = (settings.Of(AuthHbaFile), settings.Of(AuthIdentFile));
        if (path.Length > 0)
        {
            return HbaFile.Read(path, ident.Length > 0 ? ident : null, AuthHbaFile.Name, findings);
        }

        findings.Error(settings.Written(SettingTable.AuthType)!.At, SettingTable.AuthType.Name,
            "hba needs auth_hba_file, without which nobody is let in; set it");
        return HbaRules.Empty;
    }

    private static LdapOptions? ReadLdap(SettingValues settings, Findings findings)
    {
        try
        {
            return LdapOptionsReader.Read(settings.Of(AuthLdapOptions));
        }
        catch (FormatException refused)
        {
            findings.Error((settings.Written(AuthLdapOptions) ?? settings.Written(SettingTable.AuthType)!).At,
                AuthLdapOptions.Name, refused.Message);
            return null;
        }
    }
}
