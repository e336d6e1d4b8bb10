namespace Router.Proxy.Authentication;

/// <summary>The option <c>clientcert</c> of an HBA line.</summary>
public enum CertificateDemand
{
    /// <summary>Nothing that TLS does not demand of every client.</summary>
    None,

    /// <summary>A certificate that TLS has verified, whosever it is.</summary>
    VerifyCa,

    /// <summary>And its CommonName is the user.</summary>
    VerifyFull,
}
