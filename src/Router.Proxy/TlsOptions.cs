using Router.Transport;

namespace Router.Proxy;

/// <summary>
/// TLS of one leg. Each property names its key behind <c>client_tls_</c> or <c>server_tls_</c>; names and values are
/// PgBouncer's. Files are read when they come into force, and again when they change.
/// </summary>
public sealed record TlsOptions
{
    public static readonly TlsOptions Disabled = new();

    public static readonly TlsOptions Preferred = new() { Mode = TlsMode.Prefer };

    /// <summary><c>sslmode</c>.</summary>
    public TlsMode Mode { get; init; }

    /// <summary><c>key_file</c>, <c>cert_file</c>: what the proxy shows; on the client leg needed for any TLS.</summary>
    public string? KeyFile { get; init; }

    /// <inheritdoc cref="KeyFile"/>
    public string? CertFile { get; init; }

    /// <summary><c>ca_file</c>: whose certificates are accepted; the system's authorities where null.</summary>
    public string? CaFile { get; init; }

    /// <summary><c>protocols</c>.</summary>
    public TlsProtocols Protocols { get; init; } = TlsProtocols.Secure;

    /// <summary><c>ciphers</c>, up to TLS 1.2: OpenSSL's syntax, or default, secure, fast, normal, all.</summary>
    public string Ciphers { get; init; } = "default";

    /// <summary><c>client_tls13_ciphers</c>, <c>server_tls13_ciphers</c>: OpenSSL's own choice where null.</summary>
    public string? Tls13Ciphers { get; init; }

    /// <summary><c>ecdhcurve</c>: none, auto, or OpenSSL names joined by colons; client leg only.</summary>
    public string EcdhCurve { get; init; } = "auto";

    /// <summary><c>dheparams</c>: none, auto, legacy; client leg only.</summary>
    public string DheParams { get; init; } = "auto";
}
