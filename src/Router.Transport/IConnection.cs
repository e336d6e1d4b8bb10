using System.IO.Pipelines;
using System.Net;

namespace Router.Transport;

/// <summary>
/// A byte stream owned by one loop, and used on that loop only (but <see cref="IAsyncDisposable.DisposeAsync"/>, which
/// any thread may call). Reader and writer complete inline on the loop; <see cref="PipeWriter.WriteAsync"/> sends
/// borrowed memory without a copy where the socket takes it, and completes when the socket has taken all. A read or
/// write on a failed connection throws <see cref="TransportException"/>. An idle connection holds no buffer.
/// </summary>
/// <remarks>
/// <c>Output.Complete</c> sends what is held and then closes the writing side (half close). Disposing sends what is held,
/// within <see cref="TransportSettings.CloseTimeout"/>, and closes.
/// </remarks>
public interface IConnection : IDuplexPipe, IAsyncDisposable
{
    IEventLoop Loop { get; }

    EndPoint? LocalEndPoint { get; }

    /// <summary>The peer's address; null when nobody asked before peer or connection were gone.</summary>
    EndPoint? RemoteEndPoint { get; }

    /// <summary>The process at the other end of a unix socket; null for TCP and where the system does not tell.</summary>
    PeerCredentials? PeerCredentials => null;

    /// <summary>
    /// The peer is a balancer that speaks for a client: <see cref="RemoteEndPoint"/> is the client's from now on, and
    /// <see cref="PeerCredentials"/>, which would be the balancer's, are nobody's.
    /// </summary>
    void Represent(EndPoint client);

    /// <summary>What the connection was secured by; null while it is in clear.</summary>
    TlsFacts? Tls { get; }

    /// <summary>A read would not wait long: there are bytes, the end or a failure, or there may be.</summary>
    bool IsReadReady { get; }

    /// <summary>
    /// From now on <paramref name="watcher"/> is told when something can be read while neither a read nor a relay takes it.
    /// Called again before each such time; what was ready before the call, <see cref="IsReadReady"/> tells.
    /// </summary>
    void Watch(IReadinessWatcher watcher);

    /// <summary>
    /// Switches to TLS: reader, writer and relay go on with plain bytes as before. Everything written has been flushed,
    /// nothing is pending, and what was received and not consumed is taken for the beginning of the peer's handshake.
    /// After a failure the connection is good for closing only, which tells the peer why.
    /// </summary>
    /// <param name="serverName">As a client: whom it connects to, a name or an address.</param>
    /// <exception cref="TlsHandshakeException">The handshake failed.</exception>
    ValueTask<TlsFacts> SecureAsync(TlsContext context, string? serverName, CancellationToken aborted);

    /// <summary>
    /// Begins to send what was written, and waits for nothing: what the socket does not take now follows when it does. For words
    /// that no request waits for; nobody is flushing meanwhile. A failure is told by the next read or write.
    /// </summary>
    void Push();

    /// <summary>Closes at once, with a reset where bytes were still to be sent. Idempotent, callable on the loop only.</summary>
    void Abort();
}
