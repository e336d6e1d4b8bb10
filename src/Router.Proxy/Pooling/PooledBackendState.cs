namespace Router.Proxy.Pooling;

/// <summary>Where a server connection is. PgBouncer's words, but that those in the login are not counted as such here.</summary>
internal enum PooledBackendState
{
    /// <summary>Nobody uses it.</summary>
    Idle,

    /// <summary>A client has it.</summary>
    Active,

    /// <summary>It is being reset or checked.</summary>
    Tested,

    /// <summary>It is closed and belongs to no list any more.</summary>
    Closed,
}
