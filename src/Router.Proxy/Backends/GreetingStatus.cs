namespace Router.Proxy.Backends;

/// <summary>What the beginning of a server's answer to a StartupMessage means.</summary>
internal enum GreetingStatus
{
    /// <summary>More of it must come.</summary>
    NeedMore,

    /// <summary>The client may have it, from its first byte on.</summary>
    Answers,

    /// <summary>The server takes no connections now.</summary>
    Refused,

    /// <summary>The server is a standby, where a primary was wanted.</summary>
    Standby,
}
