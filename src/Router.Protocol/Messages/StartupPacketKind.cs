namespace Router.Protocol.Messages;

/// <summary>What the code word of an untyped first packet asks for.</summary>
public enum StartupPacketKind
{
    /// <summary>Major version 3: a <see cref="StartupMessage"/>.</summary>
    Startup,

    SslRequest,

    GssEncRequest,

    CancelRequest,

    /// <summary>Another major version; PostgreSQL answers 0A000.</summary>
    Unsupported,
}
