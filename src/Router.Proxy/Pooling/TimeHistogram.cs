namespace Router.Proxy.Pooling;

/// <summary>Counts how long something took, by fixed bounds. Written on one loop, without allocating; read from anywhere.</summary>
internal sealed class TimeHistogram
{
    private readonly long[] _counts = new long[TimeCounts.BoundsMicroseconds.Length + 1];
    private long _sum;

    public void Add(long microseconds)
    {
        var bucket = 0;
        foreach (var bound in TimeCounts.BoundsMicroseconds)
        {
            if (microseconds <= bound)
            {
                break;
            }

            bucket++;
        }

        _counts[bucket]++;
        _sum += microseconds;
    }

    /// <summary>What has been counted up to now.</summary>
    /// <param name="instant">That many more took no time at all and were not added.</param>
    public TimeCounts Look(long instant = 0)
    {
        var counts = (long[])_counts.Clone();
        counts[0] += Math.Max(0, instant);
        return new TimeCounts([.. counts], _sum);
    }

    /// <summary>How many were added.</summary>
    public long Count => _counts.Sum();
}
