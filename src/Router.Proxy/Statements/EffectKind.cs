namespace Router.Proxy.Statements;

/// <summary>The kinds of <see cref="Effect"/>.</summary>
internal enum EffectKind : byte
{
    /// <summary>None.</summary>
    None,

    /// <summary>A query throws the client's name (Bytes) away; without one, perhaps all prepared statements.</summary>
    Deallocates,

    /// <summary>The client has a new name (Bytes), and the server connection a new statement.</summary>
    Prepared,

    /// <summary>The client has a new name (Bytes) for a statement that the server connection has.</summary>
    Named,

    /// <summary>The server connection has a statement that we sent.</summary>
    Injected,

    /// <summary>The unnamed statement is the client's.</summary>
    Unnamed,

    /// <summary>The server connection has lost a statement for want of room.</summary>
    Evicted,

    /// <summary>The client has given up a name (Bytes).</summary>
    Closed,

    /// <summary>The statement is used.</summary>
    Used,

    /// <summary>The error (Bytes) that the client is to hear.</summary>
    Refusal,
}
