namespace Router.Transport;

/// <summary>A connection could not be secured. Nothing but the handshake has passed over it, and nothing may any more.</summary>
public sealed class TlsHandshakeException : TransportException
{
    /// <param name="reason">Without the address, which not every log may name.</param>
    public TlsHandshakeException(string message, string reason)
        : base(message) => Reason = reason;

    public TlsHandshakeException(string message)
        : this(message, message)
    {
    }

    public TlsHandshakeException(string message, Exception inner)
        : base(message, inner) => Reason = message;

    public TlsHandshakeException() => Reason = "";

    public string Reason { get; }
}
