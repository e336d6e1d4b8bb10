using System.Collections.Immutable;
using Router.Configuration.PgBouncer.Ini;
using Router.Configuration.Yaml;
using Router.Proxy.Pooling;

namespace Router.Configuration.PgBouncer.Entries;

/// <summary>One line of <c>[users]</c>: settings that this user has for itself. Null: not said.</summary>
internal sealed record UserEntry : INamedEntry
{
    public required string Name { get; init; }

    public required SourcePosition At { get; init; }

    /// <summary>What was written, with the position of each value.</summary>
    public required ImmutableArray<IniEntry> Written { get; init; }

    public PoolMode? PoolMode { get; init; }

    public int? PoolSize { get; init; }

    public int? ReservePoolSize { get; init; }

    public int? MaxUserConnections { get; init; }

    public int? MaxUserClientConnections { get; init; }

    public TimeSpan? QueryTimeout { get; init; }

    public TimeSpan? QueryWaitTimeout { get; init; }

    public TimeSpan? IdleTransactionTimeout { get; init; }

    public TimeSpan? TransactionTimeout { get; init; }

    public TimeSpan? ClientIdleTimeout { get; init; }
}
