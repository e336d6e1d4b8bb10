namespace Router.Transport.Uring;

/// <summary>What a completion answers; a target has at most one of each kind under way.</summary>
internal enum UringOperation
{
    /// <summary>Bytes from a socket into a buffer of the ring.</summary>
    Receive,

    /// <summary>Bytes of a connection's first held block to its socket. It never waits; only what failed is told.</summary>
    Send,

    /// <summary>A full socket takes bytes again, or a connect has ended.</summary>
    Writable,

    /// <summary>The peer of a connection whose bytes nobody takes has closed its writing side.</summary>
    PeerClosing,

    /// <summary>One more accepted connection.</summary>
    Accept,
}
