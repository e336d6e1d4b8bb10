using System.Net;
using System.Net.Sockets;

namespace Router.Transport;

/// <summary>A listening socket. Disposing it stops accepting; accepted connections live on.</summary>
public interface ITransportListener : IAsyncDisposable
{
    /// <summary>The bound address, with the port that the system chose where 0 was asked.</summary>
    EndPoint LocalEndPoint { get; }

    /// <summary>To be passed to another process (<see cref="SocketPassing"/>), and for nothing else.</summary>
    Socket Socket { get; }

    /// <summary>Another process listens on the same socket: disposing leaves it, and its file, to that one.</summary>
    bool IsShared { get; set; }

    /// <summary>Stops (true) or goes on (false) accepting; waiting peers stay in the kernel's backlog.</summary>
    void Pause(bool isPaused);
}
