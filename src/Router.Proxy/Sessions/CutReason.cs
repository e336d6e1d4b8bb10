namespace Router.Proxy.Sessions;

/// <summary>Why the proxy itself ends a session.</summary>
public enum CutReason
{
    /// <summary>Another primary has taken over, or this one is in recovery or gone (S20).</summary>
    PrimaryChanged,

    /// <summary>The replica of the session has become a primary, or left the cluster.</summary>
    RoleChanged,

    /// <summary>The server that the client was logging in to turned out to be a standby, where it wants a primary.</summary>
    NotPrimary,

    /// <summary>The backend connection ended without a final message of PostgreSQL's.</summary>
    BackendLost,

    /// <summary>PostgreSQL ended the session while a request was in flight.</summary>
    BackendShutDown,

    /// <summary>No usable primary came back within hold_timeout.</summary>
    HoldTimedOut,

    /// <summary>Login took longer than client_login_timeout.</summary>
    LoginTimedOut,

    /// <summary>client_idle_timeout.</summary>
    ClientIdle,

    /// <summary>idle_transaction_timeout.</summary>
    IdleInTransaction,

    /// <summary>query_timeout.</summary>
    QueryTimedOut,

    /// <summary>transaction_timeout.</summary>
    TransactionTimedOut,

    /// <summary>The client opened a transaction block in statement pooling.</summary>
    TransactionBlock,

    /// <summary>The client's database is no longer in the configuration, or an operator said KILL.</summary>
    DatabaseRemoved,

    /// <summary>An operator said KILL_CLIENT.</summary>
    OrderedByOperator,

    /// <summary>The client does not read the notifications that it listens to.</summary>
    NotificationsUnread,

    /// <summary>The proxy is being shut down.</summary>
    ShuttingDown,

    /// <summary>The client sent a message that no client may send.</summary>
    ClientMalformed,

    /// <summary>The client sent a password after its login.</summary>
    PasswordOutOfTurn,

    /// <summary>The backend sent a message that PostgreSQL never sends.</summary>
    BackendMalformed,
}
