using System.Collections.Immutable;

namespace Router.Proxy;

/// <summary>How long something took, counted by fixed bounds, at one moment.</summary>
/// <param name="Counts">For each of <see cref="BoundsMicroseconds"/> what took no longer than it and longer than the one before; the
/// last is for what took longer than all.</param>
/// <param name="SumMicroseconds">Of all of them.</param>
public sealed record TimeCounts(ImmutableArray<long> Counts, long SumMicroseconds)
{
    public static ImmutableArray<long> BoundsMicroseconds { get; } =
    [
        50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
        5_000_000, 10_000_000,
    ];

    public static TimeCounts None { get; } = new([.. new long[BoundsMicroseconds.Length + 1]], 0);

    public long Count => Counts.Sum();

    public static TimeCounts operator +(TimeCounts one, TimeCounts other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return new([.. one.Counts.Zip(other.Counts, static (a, b) => a + b)], one.SumMicroseconds + other.SumMicroseconds);
    }

    public static TimeCounts Add(TimeCounts left, TimeCounts right) => left + right;

    /// <summary>
    /// The bound, in microseconds, that this share of them did not exceed; null where there are none, or more than that took
    /// longer than the last bound.
    /// </summary>
    public long? Percentile(double share)
    {
        var (wanted, seen) = (share * Count, 0L);
        for (var bucket = 0; bucket < BoundsMicroseconds.Length && Count > 0; bucket++)
        {
            seen += Counts[bucket];
            if (seen >= wanted)
            {
                return BoundsMicroseconds[bucket];
            }
        }

        return null;
    }
}
