namespace Router.Proxy.Sessions;

/// <summary>Why a filter stopped the relay.</summary>
internal enum FilterStop
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>The stream is out of step.</summary>
    Malformed,

    /// <summary>The client's next message must wait for a usable primary.</summary>
    Held,

    /// <summary>ReadyForQuery has been passed on, and somebody waits for that.</summary>
    Ready,

    /// <summary>The backend said that it is a standby, where the session wants a primary.</summary>
    Standby,

    /// <summary>The client's next message ends the session, and the server connection is to live on.</summary>
    Terminated,

    /// <summary>A message that has its place in the login only.</summary>
    OutOfTurn,

    /// <summary>No server is needed for what the client says next, and nothing was sent to this one.</summary>
    Local,

    /// <summary>A transaction block is open where only statements are allowed.</summary>
    TransactionBlock,

    /// <summary>A final error of PostgreSQL's stands at the input, whose code must not reach the client.</summary>
    Fatal,
}
