using System.Collections.Immutable;
using Router.Configuration.PgBouncer.Entries;
using Router.Configuration.PgBouncer.Settings;
using TlsMode = Router.Proxy.TlsMode;

namespace Router.Configuration.PgBouncer;

/// <summary>Settings that fit each by itself and not together, or with which PgBouncer does not start.</summary>
internal static class RelationRules
{
    private static readonly ImmutableHashSet<string> Protocols = ImmutableHashSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "tlsv1", "tlsv1.0", "tlsv1.1", "tlsv1.2", "tlsv1.3", "all", "secure", "legacy", "default");

    public static void Check(SettingValues settings, Findings findings)
    {
        CheckTls(settings, findings);
        if (settings.Of(SettingTable.AuthType) == AuthType.Cert
            && (settings.Of(SettingTable.ClientTlsSslmode) != TlsMode.VerifyFull
                || settings.Of(SettingTable.ClientTlsCaFile).Length == 0))
        {
            Complain(settings, SettingTable.AuthType, findings,
                "cert needs client_tls_sslmode = verify-full and client_tls_ca_file; set both");
        }

        if (DatabaseSection.IsReserved(settings.Of(SettingTable.AuthDbname)))
        {
            Complain(settings, SettingTable.AuthDbname, findings, "is the console; name a database that has the users");
        }
    }

    private static void CheckTls(SettingValues settings, Findings findings)
    {
        if (settings.Of(SettingTable.ClientTlsSslmode) != TlsMode.Disable)
        {
            if (settings.Of(SettingTable.ClientTlsCertFile).Length == 0 || settings.Of(SettingTable.ClientTlsKeyFile).Length == 0)
            {
                Complain(settings, SettingTable.ClientTlsSslmode, findings,
                    "needs client_tls_key_file and client_tls_cert_file; set both, or write disable");
            }

            CheckProtocols(settings, SettingTable.ClientTlsProtocols, findings);
        }

        if (settings.Of(SettingTable.ServerTlsSslmode) != TlsMode.Disable)
        {
            CheckProtocols(settings, SettingTable.ServerTlsProtocols, findings);
        }
    }

    /// <summary>Names with commas or colons between them; an exclamation mark takes one away.</summary>
    private static void CheckProtocols(SettingValues settings, Setting<string> setting, Findings findings)
    {
        var words = settings.Of(setting).Split([',', ':'], StringSplitOptions.RemoveEmptyEntries)
            .Select(word => word.TrimStart());
        foreach (var word in words.Where(word => !Protocols.Contains(word.TrimStart('!'))))
        {
            Complain(settings, setting, findings,
                $"'{word}' does not fit; write tlsv1.0, tlsv1.1, tlsv1.2, tlsv1.3, secure, legacy or all");
        }
    }

    /// <summary>Only a written value breaks a rule: the defaults keep them.</summary>
    private static void Complain(SettingValues settings, Setting setting, Findings findings, string sentence)
    {
        if (settings.Written(setting) is { } entry)
        {
            findings.Error(entry.At, setting.Name, sentence);
        }
    }
}
