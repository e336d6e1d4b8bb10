using Router.Cluster;

namespace Router.Testing;

/// <summary>A boot clock that moves only when it is told to.</summary>
public sealed class ManualBootClock : IBootClock
{
    public BootTime Now { get; set; } = new(TimeSpan.FromHours(1));

    public void Advance(TimeSpan span) => Now += span;
}
