namespace Router.Proxy.Pooling;

/// <summary>How long a client keeps a server connection: PgBouncer's <c>pool_mode</c>.</summary>
public enum PoolMode
{
    /// <summary>From its first request until it leaves.</summary>
    Session,

    /// <summary>For one transaction.</summary>
    Transaction,

    /// <summary>For one statement: transaction blocks are refused.</summary>
    Statement,
}
