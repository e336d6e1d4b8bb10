using Router.Cluster;

namespace Router.Testing.Proxy;

/// <summary>A boot clock that stands still until it is told to move. Read by any thread.</summary>
public sealed class ManualBootClock : IBootClock
{
    private long _ticks = TimeSpan.FromHours(1).Ticks;

    public BootTime Now => new(TimeSpan.FromTicks(Interlocked.Read(ref _ticks)));

    public void Advance(TimeSpan span) => Interlocked.Add(ref _ticks, span.Ticks);
}
