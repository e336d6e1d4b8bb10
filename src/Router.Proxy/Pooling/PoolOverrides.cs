namespace Router.Proxy.Pooling;

/// <summary>
/// What a database or a user has for itself of the settings of pooling. Null: not said, so that what is more general
/// holds; the names are those of <see cref="PoolOptions"/>.
/// </summary>
public sealed record PoolOverrides
{
    public static readonly PoolOverrides None = new();

    public PoolMode? Mode { get; init; }

    public int? PoolSize { get; init; }

    public int? MinPoolSize { get; init; }

    public int? ReservePoolSize { get; init; }

    public int? MaxDatabaseConnections { get; init; }

    public int? MaxUserConnections { get; init; }

    public int? MaxDatabaseClients { get; init; }

    public int? MaxUserClients { get; init; }

    public TimeSpan? ServerLifetime { get; init; }

    public TimeSpan? QueryWaitTimeout { get; init; }

    public TimeSpan? QueryTimeout { get; init; }

    public TimeSpan? IdleTransactionTimeout { get; init; }

    public TimeSpan? TransactionTimeout { get; init; }

    public TimeSpan? ClientIdleTimeout { get; init; }
}
