namespace Router.Transport;

/// <summary>A system call failed: what was attempted, on which address, and the system's reason.</summary>
public class TransportException : IOException
{
    public TransportException(string message)
        : base(message)
    {
    }

    public TransportException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public TransportException()
    {
    }
}
