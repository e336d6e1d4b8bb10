using Router.Configuration.PgBouncer;
using Router.Proxy;
using Router.Proxy.Tls;
using Router.Transport;

namespace Router.Configuration.Proxy;

/// <summary>
/// The keys of TLS in a <c>router.yml</c>, under PgBouncer's names. Files are tried here as they would be used, so that a
/// wrong one is found before anything depends on it.
/// </summary>
internal static class TlsSection
{
    public static TlsOptions ReadClient(Section root)
    {
        var options = Read(root, "client_tls", TlsOptions.Disabled.Mode) with
        {
            EcdhCurve = NonEmpty(root, "client_tls_ecdhcurve") ?? "auto",
            DheParams = root.OneOf("client_tls_dheparams", "auto", "auto", "none", "legacy"),
        };
        Try(root, options, isClientLeg: true);
        return options;
    }

    public static TlsOptions ReadServer(Section root)
    {
        var options = Read(root, "server_tls", TlsOptions.Preferred.Mode);
        Try(root, options, isClientLeg: false);
        return options;
    }

    private static TlsOptions Read(Section root, string leg, TlsMode byDefault) => new()
    {
        Mode = root.OneOf(
            $"{leg}_sslmode", NameOf(byDefault), "disable", "allow", "prefer", "require", "verify-ca", "verify-full") switch
        {
            "disable" => TlsMode.Disable,
            "allow" => TlsMode.Allow,
            "prefer" => TlsMode.Prefer,
            "require" => TlsMode.Require,
            "verify-ca" => TlsMode.VerifyCa,
            _ => TlsMode.VerifyFull,
        },
        KeyFile = NonEmpty(root, $"{leg}_key_file"),
        CertFile = NonEmpty(root, $"{leg}_cert_file"),
        CaFile = NonEmpty(root, $"{leg}_ca_file"),
        Protocols = ReadProtocols(root, $"{leg}_protocols"),
        Ciphers = NonEmpty(root, $"{leg}_ciphers") ?? "default",
        Tls13Ciphers = NonEmpty(root, $"{leg}13_ciphers"),
    };

    private static TlsProtocols ReadProtocols(Section root, string key)
    {
        if (NonEmpty(root, key) is not { } text)
        {
            return TlsProtocols.Secure;
        }

        var protocols = TlsKeys.ProtocolsOf(text);
        if (protocols == TlsProtocols.None)
        {
            root.Complain(key, text, "write some of tlsv1.2, tlsv1.3, secure, all, with commas between them");
        }

        return protocols == TlsProtocols.None ? TlsProtocols.Secure : protocols;
    }

    private static void Try(Section root, TlsOptions options, bool isClientLeg)
    {
        try
        {
            _ = isClientLeg ? TlsContexts.ForClients(options) : TlsContexts.ForServers(options);
        }
        catch (TlsException refused)
        {
            root.ComplainUnseen(TlsContexts.KeyOf(refused.Part, isClientLeg), refused.Message);
        }

        if (options.Mode != TlsMode.Disable && options.KeyFile is { } file && KeyFileMode.Problem(file) is { } problem)
        {
            root.ComplainUnseen(TlsContexts.KeyOf(TlsPart.KeyFile, isClientLeg), problem);
        }
    }

    private static string? NonEmpty(Section root, string key) => root.Text(key) is { Length: > 0 } text ? text : null;

    private static string NameOf(TlsMode mode) => mode == TlsMode.Disable ? "disable" : "prefer";
}
