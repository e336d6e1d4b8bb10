using System.Net.Sockets;

namespace Router.Transport;

/// <param name="Backlog">Length of the kernel's accept queue.</param>
/// <param name="ReusePort">SO_REUSEPORT: another process may listen at the same address; a unix socket has no such thing.</param>
/// <param name="UnixSocketMode">Permissions of a unix socket's file.</param>
/// <param name="Inherited">A socket that listens at the address already, of another process: it is used as it is.</param>
public sealed record ListenOptions(
    int Backlog = 512, bool ReusePort = false, UnixFileMode? UnixSocketMode = null, Socket? Inherited = null);
