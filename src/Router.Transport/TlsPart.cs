namespace Router.Transport;

/// <summary>Which of the settings cannot be used.</summary>
public enum TlsPart
{
    /// <summary>None of them: the machine has no OpenSSL 3.</summary>
    Library,
    CertificateFile,
    KeyFile,
    AuthorityFile,
    Protocols,
    Ciphers,
    Tls13CipherSuites,
    Groups,
}
