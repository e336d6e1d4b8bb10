using Router.Agent.Api;
using Router.Agent.Execution;
using Router.Agent.Observation;
using Router.Cluster;
using Router.Cluster.Local;

namespace Router.Agent;

/// <summary>What the cycle publishes for the REST API and the metrics: one volatile reference to a snapshot.</summary>
public sealed class AgentStatus(
    Leadership leadership, AgentOptions options, IBootClock clock, TimeProvider time) : IAgentStatus
{
    private AgentSnapshot _current = new()
    {
        Scope = options.Scope,
        Local = new LocalState { Name = options.Name, Now = clock.Now, Tags = options.Tags },
        Cycle = new CycleStamp(0, clock.Now, TimeSpan.Zero),
    };

    public AgentSnapshot Current => Volatile.Read(ref _current);

    public LeaseState Lease => leadership.Lease;

    /// <summary>Publishes the end of a cycle that began at <paramref name="begun"/>.</summary>
    public void Publish(
        Observed observed,
        LocalState local,
        HaSettings settings,
        string sentence,
        RestartSchedule? scheduled,
        BootTime begun)
    {
        var before = Current;
        var now = clock.Now;
        var isSeen = observed.View is not null;
        Volatile.Write(ref _current, before with
        {
            Local = local,
            View = observed.View ?? before.View,
            ViewSeenAt = isSeen ? time.GetUtcNow() : before.ViewSeenAt,
            ViewReadAt = isSeen ? observed.ReadAt : before.ViewReadAt,
            Settings = settings,
            Decision = sentence,
            Cycle = new CycleStamp(before.Cycle.Number + 1, now, now - begun),
            ScheduledRestart = scheduled,
        });
    }
}
