namespace Router.Transport;

/// <param name="Backlog">Length of the kernel's accept queue.</param>
/// <param name="ReusePort">SO_REUSEPORT: another process may listen at the same address; a unix socket has no such thing.</param>
/// <param name="UnixSocketMode">Permissions of a unix socket's file.</param>
public sealed record ListenOptions(int Backlog = 512, bool ReusePort = false, UnixFileMode? UnixSocketMode = null);
