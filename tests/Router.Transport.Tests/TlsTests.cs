namespace Router.Transport.Tests;

public static class TlsTests
{
    public sealed class OverSockets() : TlsContract(TransportKind.Sockets);

    public sealed class OverEpoll() : TlsContract(TransportKind.Epoll);

    public sealed class OverIoUring() : TlsContract(TransportKind.IoUring);
}
