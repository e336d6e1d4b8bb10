namespace Router.Transport;

/// <summary>Settings of TLS that cannot be used: which one, and why.</summary>
public sealed class TlsException : TransportException
{
    public TlsException(TlsPart part, string message)
        : base(message) => Part = part;

    public TlsException(string message)
        : base(message)
    {
    }

    public TlsException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public TlsException()
    {
    }

    public TlsPart Part { get; }
}
