namespace Router.Transport.Tests;

public static class RelayTests
{
    public sealed class OverSockets() : RelayContract(TransportKind.Sockets);

    public sealed class OverEpoll() : RelayContract(TransportKind.Epoll);

    public sealed class OverIoUring() : RelayContract(TransportKind.IoUring);

    public sealed class SecuredOverSockets() : RelayContract(TransportKind.Sockets, isTls: true);

    public sealed class SecuredOverEpoll() : RelayContract(TransportKind.Epoll, isTls: true);

    public sealed class SecuredOverIoUring() : RelayContract(TransportKind.IoUring, isTls: true);
}
