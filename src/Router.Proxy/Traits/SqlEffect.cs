namespace Router.Proxy.Traits;

/// <summary>How an SQL text may change what its session has.</summary>
internal enum SqlEffect
{
    /// <summary>Not at all, as far as the text tells.</summary>
    None,

    /// <summary>It may give up what keeps a session on its server connection: of interest where something does.</summary>
    GivesUp,

    /// <summary>It may set, declare, listen, prepare, lock.</summary>
    Changes,
}
