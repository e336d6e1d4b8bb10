namespace Router.Proxy;

/// <summary>PgBouncer's <c>client_tls_sslmode</c> and <c>server_tls_sslmode</c>.</summary>
public enum TlsMode
{
    /// <summary>No TLS; a client that asks for it goes on in clear.</summary>
    Disable,

    /// <summary>The same as <see cref="Prefer"/>.</summary>
    Allow,

    /// <summary>TLS where the other side wants it, else in clear; nobody's certificate is looked at.</summary>
    Prefer,

    /// <summary>TLS or nothing; nobody's certificate is looked at.</summary>
    Require,

    /// <summary>And the other side shows a certificate of a known authority.</summary>
    VerifyCa,

    /// <summary>And that of a server is for the name or address that was connected to.</summary>
    VerifyFull,
}
