using System.Collections.Immutable;

namespace Router.Proxy.Console;

/// <summary>
/// Owner of the averages over the last full stats_period: it keeps the counters of the two last looks. Looked at by one
/// task, read from anywhere.
/// </summary>
internal sealed class StatsAverages
{
    private IReadOnlyDictionary<string, StatsFact> _before = ImmutableDictionary<string, StatsFact>.Empty;
    private volatile IReadOnlyDictionary<string, StatsFact> _now = ImmutableDictionary<string, StatsFact>.Empty;

    public IReadOnlyDictionary<string, StatsFact> Now => _now;

    public void Look(IReadOnlyDictionary<string, StatsFact> totals, TimeSpan sinceLast)
    {
        var before = _before;
        _now = totals.ToDictionary(
            static pair => pair.Key,
            pair => pair.Value.AverageSince(before.GetValueOrDefault(pair.Key), sinceLast),
            StringComparer.Ordinal);
        _before = totals;
    }
}
