namespace Router.Cluster;

/// <summary>
/// Reads this machine's CLOCK_BOOTTIME. Leases and fence deadlines are measured with it, because it goes on during
/// suspend and no one can set it.
/// </summary>
public interface IBootClock
{
    BootTime Now { get; }
}
