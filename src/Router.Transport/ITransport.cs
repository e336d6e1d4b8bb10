using System.Net;

namespace Router.Transport;

/// <summary>
/// A set of event loops and what they listen on. Three back ends stand behind it (Sockets, Epoll, Uring) and pass one
/// contract suite, so that nothing above knows which one runs.
/// </summary>
/// <remarks>Disposing stops listening, resets what is still connected and ends the loops; drain before it.</remarks>
public interface ITransport : IAsyncDisposable
{
    /// <summary>The loops, one thread each; a connection belongs to one of them for life.</summary>
    IReadOnlyList<IEventLoop> Loops { get; }

    /// <summary>
    /// Binds and listens. Each accepted connection is given to <paramref name="onAccepted"/> on its own loop; which
    /// loop, <see cref="TransportSettings.SpreadAfter"/> says. A unix socket's file left behind by a dead process is
    /// replaced; one that somebody still answers on is an address in use.
    /// </summary>
    /// <exception cref="TransportException">The address cannot be bound; says which and why.</exception>
    ITransportListener Listen(EndPoint endPoint, ListenOptions options, Action<IConnection> onAccepted);
}
