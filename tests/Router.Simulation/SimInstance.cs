using Router.Cluster;
using Router.Cluster.Local;
using Router.Postgres;

namespace Router.Simulation;

/// <summary>
/// The agent's hand on its PostgreSQL. It gives orders and watches; what was ordered goes on without it, so that an
/// agent that dies half way leaves a half done thing behind.
/// </summary>
internal sealed class SimInstance(World world, Machine machine, ProcessTime time) : IPostgresInstance
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan StartBound = TimeSpan.FromSeconds(20);

    private PostgresModel Model => machine.Postgres;

    private bool IsIgnored => world.Mutation switch
    {
        Mutation.OutageNeverDemotes => machine.Dcs.Faults.IsUnreachable,
        Mutation.PrimaryWithoutClaim => Model.IsRunningPrimary && machine.Lease is not LeaseState.Held,
        _ => false,
    };

    public async Task<PostgresFacts> ProbeAsync(CancellationToken aborted)
    {
        var isHung = Model.Facts().State == PostgresState.Hung;
        await Task.Delay(isHung ? TimeSpan.FromSeconds(1.5) : world.Between(0.001, 0.008), time, aborted);
        return Model.Facts();
    }

    public async Task WaitForExitAsync(CancellationToken aborted)
    {
        while (!Model.IsStopped)
        {
            await Task.Delay(Glance * 5, time, aborted);
        }
    }

    public async Task<InstanceResult> BootstrapAsync(CancellationToken aborted)
    {
        await Task.Delay(world.Between(0.5, 2), time, aborted);
        Model.Data = new DataDirectory
        {
            Identifier = new SystemIdentifier(7_000_000_000_000_000_000UL + (ulong)world.Random.Next()),
            ControlTimeline = new Timeline(1),
        };
        Model.Data.Wal.Add(world.Judge.NewRecord(1));
        Model.StartAsPrimary();
        return await SeeAsync(() => Model.IsRunningPrimary, "initdb", StartBound, aborted);
    }

    public async Task<InstanceResult> CloneAsync(FollowTarget source, CancellationToken aborted)
    {
        await Task.Delay(world.Between(0.5, 3), time, aborted);
        if (Upstream(source) is not { } from)
        {
            return InstanceResult.Failed($"{source.Member} does not answer");
        }

        var copy = new DataDirectory
        {
            Identifier = from.Identifier,
            HasStandbySignal = true,
            Following = source,
            ControlTimeline = from.Timeline,
        };
        copy.CopyFrom(from, from.Wal.Count);
        Model.Data = copy;
        return InstanceResult.Done("copied");
    }

    public async Task<InstanceResult> StartAsPrimaryAsync(CancellationToken aborted)
    {
        Model.StartAsPrimary();
        return await SeeAsync(() => Model.IsRunningPrimary, "the start as primary", StartBound, aborted);
    }

    public async Task<InstanceResult> StartAsStandbyAsync(FollowTarget? target, CancellationToken aborted)
    {
        if (!Model.IsStopped)
        {
            return InstanceResult.Failed("it runs already");
        }

        Model.StartAsStandby(target);
        return await SeeAsync(() => Model.IsRunningStandby, "the start as standby", StartBound, aborted);
    }

    public Task<InstanceResult> FollowAsync(FollowTarget? target, CancellationToken aborted)
    {
        Model.Data!.Following = target;
        return Task.FromResult(InstanceResult.Done("reloaded"));
    }

    public async Task<InstanceResult> PromoteAsync(CancellationToken aborted)
    {
        Model.Promote();
        return await SeeAsync(() => Model.IsRunningPrimary, "the promotion", TimeSpan.FromSeconds(5), aborted);
    }

    public async Task<InstanceResult> StopAsync(StopMode mode, TimeSpan bound, CancellationToken aborted)
    {
        if (IsIgnored)
        {
            return InstanceResult.Done("nothing was done");
        }

        Model.StopFast();
        return await SeeAsync(() => Model.IsStopped, "the stop", bound, aborted);
    }

    public async Task<InstanceResult> FenceAsync(CancellationToken aborted)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(1), time, aborted);
        if (!IsIgnored)
        {
            Model.Kill();
        }

        return InstanceResult.Done("fenced");
    }

    public async Task<InstanceResult> CheckpointAsync(CancellationToken aborted)
    {
        await Task.Delay(world.Between(0.01, 0.2), time, aborted);
        if (!Model.IsRunningPrimary)
        {
            return InstanceResult.Failed("it does not run as primary");
        }

        Model.Data!.ControlTimeline = Model.Data.Timeline;
        return InstanceResult.Done("checkpoint");
    }

    public async Task<HistoryComparison> CompareHistoryAsync(FollowTarget leader, CancellationToken aborted)
    {
        await Task.Delay(world.Between(0.005, 0.05), time, aborted);
        return Upstream(leader) is not { } from || !world.Find(leader.Member)!.Postgres.IsRunningPrimary
            ? new HistoryComparison(HistoryVerdict.Unknown, $"{leader.Member} does not answer as primary")
            : Model.Data!.IsPrefixOf(from)
                ? new HistoryComparison(HistoryVerdict.CanFollow, "it is a part of the leader's history")
                : new HistoryComparison(HistoryVerdict.Diverged, "the histories part");
    }

    public async Task<InstanceResult> RewindAsync(FollowTarget leader, CancellationToken aborted)
    {
        if (Upstream(leader) is null)
        {
            return InstanceResult.Failed($"{leader.Member} does not answer");
        }

        // An agent that dies now, or a leader that goes, leaves a directory that is neither the one nor the other.
        Model.Data!.IsHalfRewound = true;
        await Task.Delay(world.Between(0.2, 1), time, aborted);
        if (Upstream(leader) is not { } from)
        {
            return InstanceResult.Failed($"{leader.Member} went away");
        }

        Model.Data.RewindTo(from);
        Model.Data.CopyFrom(from, from.Wal.Count);
        Model.Data.IsHalfRewound = false;
        return InstanceResult.Done("rewound");
    }

    public Task<InstanceResult> SetDataAsideAsync(CancellationToken aborted)
    {
        Model.Data = null;
        return Task.FromResult(InstanceResult.Done("set aside"));
    }

    public Task<InstanceResult> SetSynchronousNamesAsync(string value, CancellationToken aborted)
    {
        if (Model.Data is null)
        {
            return Task.FromResult(InstanceResult.Failed("no data"));
        }

        Model.SetNames(value);
        return Task.FromResult(InstanceResult.Done("reloaded"));
    }

    public Task<InstanceResult> ReconcileSlotsAsync(
        IReadOnlyList<string> create, IReadOnlyList<string> drop, CancellationToken aborted)
    {
        _ = Model.Data?.Slots.RemoveAll(drop.Contains);
        Model.Data?.Slots.AddRange(create);
        return Task.FromResult(InstanceResult.Done("slots"));
    }

    public Task<InstanceResult> ConfigureAsync(string dynamicConfigJson, CancellationToken aborted) =>
        Task.FromResult(InstanceResult.Done("configured"));

    public async Task<InstanceResult> RestartAsync(CancellationToken aborted)
    {
        var wasPrimary = Model.IsRunningPrimary;
        var target = Model.Data?.Following;
        var stopped = await StopAsync(StopMode.Fast, StartBound, aborted);
        return !stopped.IsSuccess ? stopped
            : wasPrimary ? await StartAsPrimaryAsync(aborted) : await StartAsStandbyAsync(target, aborted);
    }

    public Task<ClusterHistory> ReadHistoryAsync(CancellationToken aborted) =>
        Task.FromResult(Model.Data?.History() ?? new ClusterHistory([]));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private DataDirectory? Upstream(FollowTarget target) =>
        world.Find(target.Member) is { Postgres: { IsStopped: false, AreBackendsFrozen: false, Data: { } data } } source
        && world.AreConnected(source.Name, machine.Name)
            ? data
            : null;

    private async Task<InstanceResult> SeeAsync(
        Func<bool> isSo, string what, TimeSpan bound, CancellationToken aborted)
    {
        var until = time.Now + bound;
        while (!isSo())
        {
            if (time.Now >= until)
            {
                return InstanceResult.Failed($"{what} did not end in {bound.TotalSeconds:0} s");
            }

            await Task.Delay(Glance, time, aborted);
        }

        return InstanceResult.Done($"{what} ended");
    }
}
