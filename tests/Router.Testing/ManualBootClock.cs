using Router.Cluster;

namespace Router.Testing;

/// <summary>A boot clock that moves only when it is told to. Read by any thread.</summary>
public sealed class ManualBootClock : IBootClock
{
    private long _ticks = TimeSpan.FromHours(1).Ticks;

    public BootTime Now
    {
        get => new(TimeSpan.FromTicks(Interlocked.Read(ref _ticks)));
        set => Interlocked.Exchange(ref _ticks, value.SinceBoot.Ticks);
    }

    public void Advance(TimeSpan span) => Interlocked.Add(ref _ticks, span.Ticks);
}
