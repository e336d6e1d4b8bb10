namespace Router.Configuration.Agent;

/// <summary>The section <c>watchdog</c>.</summary>
internal sealed record WatchdogConfiguration
{
    public ProtectionMode Mode { get; init; } = ProtectionMode.Automatic;

    public string Device { get; init; } = "/dev/watchdog";

    /// <summary>How long before the lease runs out the device fires; null: at half of ttl (−1 in the file).</summary>
    public TimeSpan? SafetyMargin { get; init; } = TimeSpan.FromSeconds(5);
}
