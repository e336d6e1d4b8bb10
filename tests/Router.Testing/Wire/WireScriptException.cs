namespace Router.Testing.Wire;

/// <summary>A script that cannot be read, or was not kept to; the message says file and line first.</summary>
public sealed class WireScriptException : Exception
{
    public WireScriptException()
    {
    }

    public WireScriptException(string message)
        : base(message)
    {
    }

    public WireScriptException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
