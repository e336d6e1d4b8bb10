using System.Net;

namespace Router.Transport;

/// <summary>A listening socket. Disposing it stops accepting; accepted connections live on.</summary>
public interface ITransportListener : IAsyncDisposable
{
    /// <summary>The bound address, with the port that the system chose where 0 was asked.</summary>
    EndPoint LocalEndPoint { get; }

    /// <summary>Stops (true) or goes on (false) accepting; waiting peers stay in the kernel's backlog.</summary>
    void Pause(bool isPaused);
}
