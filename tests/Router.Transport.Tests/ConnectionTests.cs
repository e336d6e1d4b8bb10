namespace Router.Transport.Tests;

public static class ConnectionTests
{
    public sealed class OverSockets() : ConnectionContract(TransportKind.Sockets);

    public sealed class OverEpoll() : ConnectionContract(TransportKind.Epoll);

    public sealed class OverIoUring() : ConnectionContract(TransportKind.IoUring);

    public sealed class SecuredOverSockets() : ConnectionContract(TransportKind.Sockets, isTls: true);

    public sealed class SecuredOverEpoll() : ConnectionContract(TransportKind.Epoll, isTls: true);

    public sealed class SecuredOverIoUring() : ConnectionContract(TransportKind.IoUring, isTls: true);
}
