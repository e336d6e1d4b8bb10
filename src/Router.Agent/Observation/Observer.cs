using Router.Agent.Execution;
using Router.Agent.Guarding;
using Router.Cluster;
using Router.Cluster.Guarding;
using Router.Cluster.Local;
using Router.Dcs;
using Router.Postgres;

namespace Router.Agent.Observation;

/// <summary>Asks the store and the instance at the same time, each with its own bound, and puts the facts together.</summary>
public sealed class Observer(
    IDcs dcs,
    IPostgresInstance instance,
    IMemberProbe probe,
    IGuard guard,
    Leadership leadership,
    LongOperation operation,
    SynchronousNames synchronousNames,
    OperatorRequests requests,
    IBootClock clock,
    TimeProvider time,
    LiveOptions options)
{
    private readonly FactMemory _memory = new();

    /// <summary>One observation, without the peers.</summary>
    public async Task<Observed> ObserveAsync(HaSettings settings, CancellationToken aborted)
    {
        var readAt = clock.Now;
        var reading = dcs.ReadAsync(aborted);
        var probing = instance.ProbeAsync(aborted);
        var read = await reading;
        var postgres = await probing;
        var own = options.Now;
        var view = (read as DcsRead.Seen)?.View;
        var local = new LocalState
        {
            Name = own.Name,
            Now = clock.Now,
            WallClock = time.GetUtcNow(),
            Tags = own.Tags,
            Postgres = postgres,
            Lease = leadership.Lease,
            Guard = leadership.State.IsGuardLatched ? new GuardState.Fired() : guard.State,
            IsGuardRequired = own.Guard == GuardMode.Required,
            Operation = operation.Running,
            LastOperation = operation.LastEnd,
            SynchronousNamesSetAt = synchronousNames.SetAt,
            RequestedOperation = requests.Pending,
        };
        return new Observed(view, readAt, _memory.Complete(local, view, settings), (read as DcsRead.Unreachable)?.Reason);
    }

    /// <summary>The same observation with what the other members answer now.</summary>
    public async Task<Observed> AskPeersAsync(Observed observed, CancellationToken aborted)
    {
        var others = observed.View!.Members.Where(member => member.Name != options.Now.Name).ToList();
        var reports = await probe.AskAsync(others, aborted);
        return observed with { Local = observed.Local with { Peers = reports, Now = clock.Now } };
    }
}
