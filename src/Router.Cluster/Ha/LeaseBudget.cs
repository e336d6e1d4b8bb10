using Router.Cluster.Local;

namespace Router.Cluster.Ha;

/// <summary>When a leader that cannot renew has to stop, so that a fast stop ends before the guard fences.</summary>
public static class LeaseBudget
{
    /// <summary>What a fast stop may take: clamp(ttl/6, 1 s, 5 s).</summary>
    public static TimeSpan StopBudget(HaSettings settings) =>
        TimeSpan.FromSeconds(Math.Clamp(settings.Ttl.TotalSeconds / 6, 1, 5));

    /// <summary>The last moment to begin an orderly stop under <paramref name="held"/>.</summary>
    public static BootTime StopBy(LeaseState.Held held, HaSettings settings) =>
        held.SafeUntil - settings.FenceMargin - StopBudget(settings);
}
