namespace Router.Transport.Tests;

public static class ListenerTests
{
    public sealed class OverSockets() : ListenerContract(TransportKind.Sockets);
}
