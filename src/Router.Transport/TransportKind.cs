namespace Router.Transport;

/// <summary>Which back end moves the bytes; the setting <c>transport</c>.</summary>
public enum TransportKind
{
    /// <summary>The fastest back end that works on this machine.</summary>
    Auto,

    /// <summary>Our own event loop on Linux epoll.</summary>
    Epoll,

    /// <summary>.NET sockets: runs wherever .NET runs, and costs more processor time per round trip.</summary>
    Sockets,
}
