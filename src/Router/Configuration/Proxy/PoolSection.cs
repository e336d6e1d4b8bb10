using Router.Proxy.Pooling;

namespace Router.Configuration.Proxy;

/// <summary>The keys of pooling in a <c>router.yml</c>: PgBouncer's names, in effect where pool_mode is set.</summary>
internal static class PoolSection
{
    private const int CountMax = 100_000;

    /// <summary>Null: no pooling.</summary>
    public static PoolOptions? Read(Section root, Findings findings)
    {
        var byDefault = new PoolOptions();
        var none = TimeSpan.Zero;
        var mode = root.OneOf("pool_mode", "none", "none", "session", "transaction", "statement");
        var options = new PoolOptions
        {
            Mode = mode switch
            {
                "transaction" => PoolMode.Transaction,
                "statement" => PoolMode.Statement,
                _ => PoolMode.Session,
            },
            PoolSize = root.Number("default_pool_size", byDefault.PoolSize, 1, CountMax),
            MinPoolSize = root.Number("min_pool_size", byDefault.MinPoolSize, 0, CountMax),
            ReservePoolSize = root.Number("reserve_pool_size", byDefault.ReservePoolSize, 0, CountMax),
            ReservePoolTimeout = root.Duration("reserve_pool_timeout", byDefault.ReservePoolTimeout, none),
            MaxDatabaseConnections = root.Number("max_db_connections", byDefault.MaxDatabaseConnections, 0, CountMax),
            MaxUserConnections = root.Number("max_user_connections", byDefault.MaxUserConnections, 0, CountMax),
            MaxServerConnections = root.Number("max_server_conn", byDefault.MaxServerConnections, 0, CountMax),
            QueryWaitTimeout = root.Duration("query_wait_timeout", byDefault.QueryWaitTimeout, none),
            QueryWaitMax = root.Number("query_wait_max", byDefault.QueryWaitMax, 0, 1_000_000),
            ServerIdleTimeout = root.Duration("server_idle_timeout", byDefault.ServerIdleTimeout, none),
            ServerLifetime = root.Duration("server_lifetime", byDefault.ServerLifetime, none),
            ServerLoginRetry = root.Duration("server_login_retry", byDefault.ServerLoginRetry, none),
            RoundRobin = root.Flag("server_round_robin", byDefault.RoundRobin),
            ResetQuery = root.Text("server_reset_query") ?? byDefault.ResetQuery,
            ResetQueryAlways = root.Flag("server_reset_query_always", byDefault.ResetQueryAlways),
            CheckQuery = root.Text("server_check_query") ?? byDefault.CheckQuery,
            CheckDelay = root.Duration("server_check_delay", byDefault.CheckDelay, none),
            ClientIdleTimeout = root.Duration("client_idle_timeout", byDefault.ClientIdleTimeout, none),
            IdleTransactionTimeout = root.Duration("idle_transaction_timeout", byDefault.IdleTransactionTimeout, none),
            QueryTimeout = root.Duration("query_timeout", byDefault.QueryTimeout, none),
            TransactionTimeout = root.Duration("transaction_timeout", byDefault.TransactionTimeout, none),
            MaxPreparedStatements = root.Number("max_prepared_statements", byDefault.MaxPreparedStatements, 0, CountMax),
            AdminUsers = root.List("admin_users"),
            StatsUsers = root.List("stats_users"),
            StatsPeriod = root.Duration("stats_period", byDefault.StatsPeriod, TimeSpan.FromSeconds(1)),
        };
        var isPooling = mode != "none";
        options = AuthenticationSection.Read(root, options, isPooling, findings);
        return isPooling ? options : null;
    }
}
