namespace Router.Transport.Tests;

public static class LoopTests
{
    public sealed class OverSockets() : LoopContract(TransportKind.Sockets);

    public sealed class OverEpoll() : LoopContract(TransportKind.Epoll);

    public sealed class OverIoUring() : LoopContract(TransportKind.IoUring);
}
