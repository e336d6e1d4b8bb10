using Router.Configuration.PgBouncer.Settings;
using Router.Proxy;
using Router.Transport;
using static Router.Configuration.PgBouncer.Settings.SettingTable;

namespace Router.Configuration.PgBouncer;

/// <summary>The keys <c>client_tls_*</c> and <c>server_tls_*</c> as options of the two legs. Pure.</summary>
internal static class TlsKeys
{
    public static TlsOptions Client(SettingValues settings) => new()
    {
        Mode = settings.Of(ClientTlsSslmode),
        KeyFile = NullIfEmpty(settings.Of(ClientTlsKeyFile)),
        CertFile = NullIfEmpty(settings.Of(ClientTlsCertFile)),
        CaFile = NullIfEmpty(settings.Of(ClientTlsCaFile)),
        Protocols = ProtocolsOf(settings.Of(ClientTlsProtocols)),
        Ciphers = settings.Of(ClientTlsCiphers),
        Tls13Ciphers = NullIfEmpty(settings.Of(ClientTls13Ciphers)),
        EcdhCurve = settings.Of(ClientTlsEcdhcurve),
        DheParams = settings.Of(ClientTlsDheparams),
    };

    public static TlsOptions Server(SettingValues settings) => new()
    {
        Mode = settings.Of(ServerTlsSslmode),
        KeyFile = NullIfEmpty(settings.Of(ServerTlsKeyFile)),
        CertFile = NullIfEmpty(settings.Of(ServerTlsCertFile)),
        CaFile = NullIfEmpty(settings.Of(ServerTlsCaFile)),
        Protocols = ProtocolsOf(settings.Of(ServerTlsProtocols)),
        Ciphers = settings.Of(ServerTlsCiphers),
        Tls13Ciphers = NullIfEmpty(settings.Of(ServerTls13Ciphers)),
    };

    /// <summary>Words with commas or colons between them, in order; an exclamation mark takes away. Unknown ones are nothing.</summary>
    public static TlsProtocols ProtocolsOf(string text)
    {
        var protocols = TlsProtocols.None;
        foreach (var word in text.Split([',', ':'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var named = word.TrimStart('!').ToLowerInvariant() switch
            {
                "tlsv1.0" => TlsProtocols.Tls10,
                "tlsv1.1" => TlsProtocols.Tls11,
                "tlsv1.2" => TlsProtocols.Tls12,
                "tlsv1.3" => TlsProtocols.Tls13,
                "secure" or "default" => TlsProtocols.Secure,
                "all" or "legacy" or "tlsv1" => TlsProtocols.All,
                _ => TlsProtocols.None,
            };
            protocols = word.StartsWith('!') ? protocols & ~named : protocols | named;
        }

        return protocols;
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
