namespace Router.Transport;

/// <summary>How one side of TLS connections behaves; files are read when a <see cref="TlsContext"/> is made of it.</summary>
public sealed record TlsSettings
{
    public required bool IsServer { get; init; }

    /// <summary>PEM: the own certificate, and behind it the authorities between it and a root.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM, not encrypted.</summary>
    public string? KeyFile { get; init; }

    /// <summary>PEM: whose certificates the peer may show; the system's authorities where null.</summary>
    public string? AuthorityFile { get; init; }

    public TlsVerification Verification { get; init; } = TlsVerification.None;

    public TlsProtocols Protocols { get; init; } = TlsProtocols.Secure;

    /// <summary>Up to TLS 1.2, in OpenSSL's syntax; null: OpenSSL's own choice.</summary>
    public string? Ciphers { get; init; }

    /// <summary>TLS 1.3, in OpenSSL's syntax; null: OpenSSL's own choice.</summary>
    public string? Tls13CipherSuites { get; init; }

    /// <summary>Curves and other groups, joined by colons; null: OpenSSL's own choice.</summary>
    public string? Groups { get; init; }

    /// <summary>Finite field Diffie-Hellman up to TLS 1.2, with parameters that fit the certificate.</summary>
    public bool HasDiffieHellman { get; init; } = true;

    /// <summary>
    /// The application protocol (ALPN): offered by a client; by a server taken where it is offered, and nothing else is.
    /// </summary>
    public string? ApplicationProtocol { get; init; }
}
