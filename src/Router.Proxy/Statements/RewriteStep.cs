namespace Router.Proxy.Statements;

/// <summary>What becomes of a message of the client.</summary>
internal enum RewriteStep
{
    /// <summary>It goes on: as it is, or behind or in the place of what was written instead.</summary>
    Done,

    /// <summary>More of it must be there before it can be judged.</summary>
    NeedMore,

    /// <summary>What it means depends on answers that are still to come.</summary>
    Wait,

    /// <summary>It is no message that PostgreSQL would understand either.</summary>
    Malformed,
}
