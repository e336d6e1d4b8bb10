namespace Router.Configuration.PgBouncer.Settings;

/// <summary><c>client_tls_sslmode</c> and <c>server_tls_sslmode</c>, the weaker before the stronger.</summary>
internal enum TlsMode
{
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}
