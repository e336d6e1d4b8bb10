namespace Router.Transport.Tests;

public static class ListenerTests
{
    public sealed class OverSockets() : ListenerContract(TransportKind.Sockets);

    public sealed class OverEpoll() : ListenerContract(TransportKind.Epoll);

    public sealed class OverIoUring() : ListenerContract(TransportKind.IoUring);
}
