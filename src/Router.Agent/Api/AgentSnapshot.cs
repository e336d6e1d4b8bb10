using Router.Cluster;
using Router.Cluster.Local;

namespace Router.Agent.Api;

/// <summary>
/// What the agent's cycle knew when it last ended: all that the REST API and the metrics tell. Immutable; the cycle
/// publishes a new one after each of its runs and after each probe in between.
/// </summary>
public sealed record AgentSnapshot
{
    public required string Scope { get; init; }

    /// <summary>The facts that the last decision was made of; the name and the tags of this member among them.</summary>
    public required LocalState Local { get; init; }

    /// <summary>The last view that was read; null until the first read succeeded.</summary>
    public ClusterView? View { get; init; }

    /// <summary>Wall clock of the last read that succeeded, for people (<c>dcs_last_seen</c>).</summary>
    public DateTimeOffset? ViewSeenAt { get; init; }

    /// <summary>When the last read that succeeded was begun; <see cref="View"/> counts for a ttl from here.</summary>
    public BootTime? ViewReadAt { get; init; }

    /// <summary>The settings in force: those of the store, or the last known ones.</summary>
    public HaSettings Settings { get; init; } = HaSettings.Default;

    /// <summary>The sentence of the last decision.</summary>
    public string Decision { get; init; } = "";

    public CycleStamp Cycle { get; init; } = new(0, default, TimeSpan.Zero);

    /// <summary>A <c>standby_cluster</c> section with a source stands in the configuration.</summary>
    public bool IsStandbyCluster { get; init; }

    /// <summary>The end of the last failsafe round that counts; null or past: failsafe is not active.</summary>
    public BootTime? FailsafeUntil { get; init; }

    /// <summary>A watchdog or a guard is required and cannot be used: this member must not be promoted.</summary>
    public bool WatchdogFailed { get; init; }

    public RestartSchedule? ScheduledRestart { get; init; }

    public MemberName Name => Local.Name;

    public PostgresFacts Postgres => Local.Postgres;

    /// <summary>The view while it counts: Patroni's cache of the cluster lives for one ttl too.</summary>
    public ClusterView? ViewAt(BootTime now) =>
        ViewReadAt is { } readAt && now < readAt + Settings.Ttl ? View : null;

    public bool IsFailsafeActive(BootTime now) => FailsafeUntil is { } until && now < until;
}
