namespace Router.Proxy.Authentication;

/// <summary>How a client proves who it is: PgBouncer's <c>auth_type</c>, and the methods of its HBA file.</summary>
public enum AuthType
{
    /// <summary>Not at all, and whatever its name.</summary>
    Any,

    /// <summary>Not at all, but its name must be in the user list.</summary>
    Trust,

    /// <summary>By its password in clear.</summary>
    Plain,

    /// <summary>By md5, or by SCRAM where a SCRAM secret is stored.</summary>
    Md5,

    /// <summary>By SCRAM; a stored md5 secret never does.</summary>
    ScramSha256,

    /// <summary>By a certificate that TLS has verified, whose CommonName is the user.</summary>
    Cert,

    /// <summary>By the account of the process at the other end of a unix socket.</summary>
    Peer,

    /// <summary>By its password in clear, of which PAM is asked.</summary>
    Pam,

    /// <summary>By its password in clear, of which a directory is asked.</summary>
    Ldap,

    /// <summary>As the first line of the HBA file says that fits.</summary>
    Hba,

    /// <summary>Not at all: it is refused. Of an HBA file only.</summary>
    Reject,
}
