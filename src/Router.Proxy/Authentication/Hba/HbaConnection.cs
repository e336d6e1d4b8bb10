namespace Router.Proxy.Authentication.Hba;

/// <summary>The connections that a line means: its first word.</summary>
internal enum HbaConnection
{
    /// <summary>By a unix socket.</summary>
    Local,

    /// <summary>By TCP.</summary>
    Host,

    /// <summary>By TCP, secured by TLS.</summary>
    HostSsl,

    /// <summary>By TCP, in clear.</summary>
    HostNoSsl,

    /// <summary>By TCP, encrypted by GSSAPI: nobody here.</summary>
    HostGss,
}
