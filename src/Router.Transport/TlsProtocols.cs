namespace Router.Transport;

/// <summary>Versions of TLS.</summary>
[Flags]
public enum TlsProtocols
{
    None = 0,

    /// <summary>OpenSSL 3 speaks it with ciphers of security level 0 only.</summary>
    Tls10 = 1,

    /// <inheritdoc cref="Tls10"/>
    Tls11 = 2,
    Tls12 = 4,
    Tls13 = 8,

    Secure = Tls12 | Tls13,
    All = Tls10 | Tls11 | Secure,
}
