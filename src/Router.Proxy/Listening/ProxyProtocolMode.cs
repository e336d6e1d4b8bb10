namespace Router.Proxy.Listening;

/// <summary>Whether a header of the PROXY protocol stands in front of connections from those who are believed.</summary>
public enum ProxyProtocolMode
{
    /// <summary>From nobody.</summary>
    Off,

    /// <summary>It may; without one the connection is the peer's own.</summary>
    Optional,

    /// <summary>It must.</summary>
    Require,
}
