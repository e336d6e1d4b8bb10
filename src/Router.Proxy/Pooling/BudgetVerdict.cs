namespace Router.Proxy.Pooling;

/// <summary>Whether another server connection may be opened, and else which limit is reached.</summary>
internal enum BudgetVerdict
{
    Granted,

    /// <summary><c>default_pool_size</c>, with the reserve where it may be used.</summary>
    PoolFull,

    /// <summary><c>max_db_connections</c>.</summary>
    DatabaseFull,

    /// <summary><c>max_user_connections</c>.</summary>
    UserFull,

    /// <summary><c>max_server_conn</c>.</summary>
    MemberFull,
}
