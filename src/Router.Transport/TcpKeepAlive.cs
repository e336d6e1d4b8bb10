namespace Router.Transport;

/// <summary>How the system finds out that a silent TCP peer is gone. Zero means the system's own value.</summary>
/// <param name="Idle">Silence before the first probe; whole seconds.</param>
/// <param name="Interval">Time between probes; whole seconds.</param>
/// <param name="Count">Probes without an answer after which the connection fails.</param>
public sealed record TcpKeepAlive(TimeSpan Idle = default, TimeSpan Interval = default, int Count = 0);
