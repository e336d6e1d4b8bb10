namespace Router.Transport.Tests;

public static class WatchTests
{
    public sealed class OverSockets() : WatchContract(TransportKind.Sockets, tellsClosing: false);

    public sealed class OverEpoll() : WatchContract(TransportKind.Epoll, tellsClosing: true);

    public sealed class OverIoUring() : WatchContract(TransportKind.IoUring, tellsClosing: true);
}
