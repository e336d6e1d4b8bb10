namespace Router.Cluster;

/// <summary>
/// The settings of the dynamic configuration that decide, with Patroni's names and defaults (configuration.md 3), bad
/// relations already adjusted.
/// </summary>
public sealed record HaSettings
{
    public static readonly HaSettings Default = new();

    public TimeSpan Ttl { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan LoopWait { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan RetryTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public long MaximumLagOnFailoverBytes { get; init; } = 1_048_576;

    /// <summary>A synchronous standby further behind than this gives its place up; 0 or less is off.</summary>
    public long MaximumLagOnSyncnodeBytes { get; init; } = -1;

    public bool CheckTimeline { get; init; }

    public bool Pause { get; init; }

    /// <summary>How long a crashed primary may take to start before its members fail over; zero: at once.</summary>
    public TimeSpan PrimaryStartTimeout { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Bound of a stop in synchronous mode; zero: none.</summary>
    public TimeSpan PrimaryStopTimeout { get; init; }

    public SynchronousMode SynchronousMode { get; init; }

    public bool SynchronousModeStrict { get; init; }

    public int SynchronousNodeCount { get; init; } = 1;

    public bool FailsafeMode { get; init; }

    public bool UseSlots { get; init; } = true;

    public bool UsePgRewind { get; init; }

    public bool RemoveDataDirectoryOnDivergedTimelines { get; init; }

    public int MaxTimelinesHistory { get; init; }

    /// <summary>How long the slot of a vanished member is kept.</summary>
    public TimeSpan MemberSlotsTtl { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long before the lease runs out the guard fences: clamp(ttl/10, 0.5 s, 5 s) (safety.md S12).</summary>
    public TimeSpan FenceMargin => TimeSpan.FromSeconds(Math.Clamp(Ttl.TotalSeconds / 10, 0.5, 5));
}
