namespace Router.Transport;

/// <summary>What a side demands of the peer's certificate.</summary>
public enum TlsVerification
{
    /// <summary>Nothing: a client takes any, a server asks for none.</summary>
    None,

    /// <summary>It must be there, in force and of a known authority.</summary>
    Authority,

    /// <summary>And of the name that the client connects to.</summary>
    AuthorityAndName,
}
