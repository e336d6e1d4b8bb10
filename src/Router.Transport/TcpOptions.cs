namespace Router.Transport;

/// <summary>
/// What TCP sockets are told beside TCP_NODELAY, accepted and opened ones alike. Names and defaults are PgBouncer's; zero
/// means the system's own value.
/// </summary>
public sealed record TcpOptions
{
    public static readonly TcpOptions Default = new();

    /// <summary>SO_KEEPALIVE: the system probes a silent peer and so finds out that it is gone.</summary>
    public bool KeepAlive { get; init; } = true;

    /// <summary>TCP_KEEPIDLE: silence before the first probe; whole seconds.</summary>
    public TimeSpan KeepIdle { get; init; }

    /// <summary>TCP_KEEPINTVL: time between probes; whole seconds.</summary>
    public TimeSpan KeepInterval { get; init; }

    /// <summary>TCP_KEEPCNT: probes without an answer after which the connection fails.</summary>
    public int KeepCount { get; init; }

    /// <summary>TCP_USER_TIMEOUT: how long sent bytes may stay unacknowledged before the connection fails; Linux.</summary>
    public TimeSpan UserTimeout { get; init; }

    /// <summary>
    /// TCP_DEFER_ACCEPT: the system keeps a new client to itself until its first bytes have come, at most this long;
    /// zero: not at all; Linux, listening sockets only.
    /// </summary>
    public TimeSpan DeferAccept { get; init; }
}
