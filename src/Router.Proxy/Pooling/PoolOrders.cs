using System.Collections.Immutable;

namespace Router.Proxy.Pooling;

/// <summary>
/// What an operator has ordered of all pools and of those of single databases. Immutable; <see cref="PoolOperator"/> owns
/// the newest, and every pool goes by it.
/// </summary>
internal sealed record PoolOrders
{
    /// <summary>PAUSE: no request gets a server connection, those that are free are closed, who asks waits.</summary>
    public bool IsPaused { get; init; }

    /// <summary>SUSPEND: nobody gets anything new, and nothing is closed.</summary>
    public bool IsSuspended { get; init; }

    /// <summary>Databases that are paused for themselves: RESUME without a name leaves them so.</summary>
    public ImmutableHashSet<string> Paused { get; init; } = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Databases that take no new clients.</summary>
    public ImmutableHashSet<string> Disabled { get; init; } = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    /// <summary>The process is to end when nobody uses it any more: no new clients.</summary>
    public bool IsShuttingDown { get; init; }

    /// <summary>Server connections that are free are to be closed, and none is to be opened.</summary>
    public bool ClosesFree(string database) => IsPaused || Paused.Contains(database);

    /// <summary>Who asks for a server connection must wait.</summary>
    public bool Holds(string database) => IsSuspended || ClosesFree(database);
}
