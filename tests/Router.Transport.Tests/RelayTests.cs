namespace Router.Transport.Tests;

public static class RelayTests
{
    public sealed class OverSockets() : RelayContract(TransportKind.Sockets);

    public sealed class OverEpoll() : RelayContract(TransportKind.Epoll);
}
