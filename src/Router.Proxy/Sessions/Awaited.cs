namespace Router.Proxy.Sessions;

/// <summary>The kinds of request whose answers a <see cref="RequestLedger"/> tells apart.</summary>
internal enum Awaited : byte
{
    /// <summary>Answered by ParseComplete.</summary>
    Parse,

    /// <summary>BindComplete.</summary>
    Bind,

    /// <summary>CloseComplete.</summary>
    Close,

    /// <summary>RowDescription or NoData; for a statement ParameterDescription before it.</summary>
    Describe,

    /// <summary>CommandComplete, EmptyQueryResponse or PortalSuspended.</summary>
    Execute,

    /// <summary>Query or FunctionCall: anything, and ReadyForQuery at the end.</summary>
    Query,

    /// <summary>ReadyForQuery; where an error is being skipped, nothing before it is answered.</summary>
    Sync,

    /// <summary>CopyDone or CopyFail, sent before the server asked for copy data: not answered.</summary>
    CopyEnd,
}
