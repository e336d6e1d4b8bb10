namespace Router.Proxy.Console;

/// <summary>All pools of one loop or of all of them, at one moment.</summary>
internal sealed record PoolsFact(
    IReadOnlyList<PoolFact> Pools,
    IReadOnlyList<ConnectionFact> Clients,
    IReadOnlyList<ConnectionFact> Servers,
    IReadOnlyList<PreparedFact> Prepared)
{
    public static PoolsFact Of(IReadOnlyCollection<PoolsFact> loops) => new(
        [.. loops.SelectMany(static loop => loop.Pools)],
        [.. loops.SelectMany(static loop => loop.Clients)],
        [.. loops.SelectMany(static loop => loop.Servers)],
        [.. loops.SelectMany(static loop => loop.Prepared)]);

    /// <summary>The counters of each database, by the console's name of it.</summary>
    public IReadOnlyDictionary<string, StatsFact> StatsOfDatabases() => Pools
        .GroupBy(static pool => PoolTables.NameOf(pool.Key), StringComparer.Ordinal)
        .ToDictionary(
            static group => group.Key,
            static group => group.Aggregate(default(StatsFact), static (sum, pool) => sum + pool.Stats),
            StringComparer.Ordinal);
}
