using Router.Proxy.Pooling;

namespace Router.Proxy.Tests.Pooling;

public sealed class TimeHistogramTests
{
    private readonly TimeHistogram _times = new();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(50, 0)]
    [InlineData(51, 1)]
    [InlineData(10_000_000, 16)]
    [InlineData(10_000_001, 17)]
    public void A_time_is_counted_at_the_first_bound_that_it_does_not_exceed(long microseconds, int bucket)
    {
        _times.Add(microseconds);
        var counts = _times.Look();
        Assert.Equal(bucket, counts.Counts.IndexOf(1));
        Assert.Equal((1, microseconds), (counts.Count, counts.SumMicroseconds));
    }

    [Fact]
    public void Percentiles_are_bounds()
    {
        for (var i = 0; i < 90; i++)
        {
            _times.Add(70);
        }

        for (var i = 0; i < 10; i++)
        {
            _times.Add(4_000);
        }

        Assert.Equal((100, 100, 5_000), (_times.Look().Percentile(0.5), _times.Look().Percentile(0.9), _times.Look().Percentile(0.99)));
        Assert.Equal(50, _times.Look(instant: 900).Percentile(0.5));
        Assert.Null(TimeCounts.None.Percentile(0.5));
        _times.Add(20_000_000);
        Assert.Null(_times.Look().Percentile(1));
    }

    [Fact]
    public void Loops_are_added_up()
    {
        _times.Add(70);
        var both = _times.Look() + _times.Look(instant: 1);
        Assert.Equal((1, 2, 140), (both.Counts[0], both.Counts[1], both.SumMicroseconds));
    }
}
