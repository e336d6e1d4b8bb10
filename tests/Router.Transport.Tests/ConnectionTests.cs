namespace Router.Transport.Tests;

public static class ConnectionTests
{
    public sealed class OverSockets() : ConnectionContract(TransportKind.Sockets);

    public sealed class OverEpoll() : ConnectionContract(TransportKind.Epoll);
}
