namespace Router.Transport;

/// <summary>Which back end moves the bytes; the setting <c>transport</c>.</summary>
public enum TransportKind
{
    /// <summary>The fastest back end that works on this machine: it is tried out.</summary>
    Auto,

    /// <summary>Our own event loop on Linux epoll.</summary>
    Epoll,

    /// <summary>Our own event loop on Linux io_uring: one system call for many messages.</summary>
    IoUring,

    /// <summary>.NET sockets: runs wherever .NET runs, and costs more processor time per round trip.</summary>
    Sockets,
}
