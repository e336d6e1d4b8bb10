using Router.Transport;

namespace Router.Proxy.Tls;

/// <summary>Makes the contexts of both legs of their options: what is wrong with them is found here and nowhere else.</summary>
public static class TlsContexts
{
    /// <summary>ALPN's name for PostgreSQL's protocol.</summary>
    private const string ApplicationProtocol = "postgresql";

    /// <summary>Null where there is to be no TLS. Reads files; not on a loop.</summary>
    /// <exception cref="TlsException">The options cannot be used.</exception>
    public static TlsContext? ForClients(TlsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Mode == TlsMode.Disable)
        {
            return null;
        }

        Require(options.CertFile, TlsPart.CertificateFile, "is needed to speak TLS with clients");
        Require(options.KeyFile, TlsPart.KeyFile, "is needed to speak TLS with clients");
        if (options.Mode >= TlsMode.VerifyCa)
        {
            Require(options.CaFile, TlsPart.AuthorityFile, "is needed to verify clients: it names who may sign their certificates");
        }

        return TlsContext.Create(SettingsOf(options, isServer: true) with
        {
            Groups = options.EcdhCurve switch
            {
                "auto" => null,
                "none" => "ffdhe2048:ffdhe3072:ffdhe4096",
                var curves => curves,
            },
            HasDiffieHellman = options.DheParams != "none",
        });
    }

    /// <inheritdoc cref="ForClients"/>
    public static TlsContext? ForServers(TlsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Mode == TlsMode.Disable)
        {
            return null;
        }

        if (options.CertFile is not null)
        {
            Require(options.KeyFile, TlsPart.KeyFile, "is needed beside the certificate");
        }
        else if (options.KeyFile is not null)
        {
            Require(options.CertFile, TlsPart.CertificateFile, "is needed beside the key");
        }

        try
        {
            return TlsContext.Create(SettingsOf(options, isServer: false));
        }
        catch (TlsException missing) when (missing.Part == TlsPart.Library && options.Mode < TlsMode.Require)
        {
            return null;
        }
    }

    /// <summary>The key that a refused part was written with.</summary>
    public static string KeyOf(TlsPart part, bool isClientLeg)
    {
        var leg = isClientLeg ? "client_tls" : "server_tls";
        return part switch
        {
            TlsPart.CertificateFile => $"{leg}_cert_file",
            TlsPart.KeyFile => $"{leg}_key_file",
            TlsPart.AuthorityFile => $"{leg}_ca_file",
            TlsPart.Protocols => $"{leg}_protocols",
            TlsPart.Ciphers => $"{leg}_ciphers",
            TlsPart.Tls13CipherSuites => $"{leg}13_ciphers",
            TlsPart.Groups => $"{leg}_ecdhcurve",
            _ => $"{leg}_sslmode",
        };
    }

    private static TlsSettings SettingsOf(TlsOptions options, bool isServer) => new()
    {
        IsServer = isServer,
        CertificateFile = options.CertFile,
        KeyFile = options.KeyFile,
        AuthorityFile = options.CaFile,
        Verification = options.Mode switch
        {
            TlsMode.VerifyFull => isServer ? TlsVerification.Authority : TlsVerification.AuthorityAndName,
            TlsMode.VerifyCa => TlsVerification.Authority,
            _ => TlsVerification.None,
        },
        Protocols = options.Protocols,
        Ciphers = options.Ciphers switch
        {
            "default" or "secure" => "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:DHE+CHACHA20",
            "fast" or "normal" => "HIGH:!aNULL:!eNULL",
            "all" => "ALL:!aNULL:!eNULL",
            var list => list,
        },
        Tls13CipherSuites = options.Tls13Ciphers,
        ApplicationProtocol = ApplicationProtocol,
    };

    private static void Require(string? file, TlsPart part, string why)
    {
        if (file is null)
        {
            throw new TlsException(part, why);
        }
    }
}
