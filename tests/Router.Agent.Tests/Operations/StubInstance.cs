using Router.Cluster;
using Router.Cluster.Local;
using Router.Postgres;

namespace Router.Agent.Tests.Operations;

/// <summary>An instance that does what it is told at once, and remembers what it was told.</summary>
internal sealed class StubInstance : IPostgresInstance
{
    private readonly List<string> _done = [];

    public IReadOnlyList<string> Done => _done;

    public PostgresFacts Facts { get; set; } = new();

    public HistoryComparison Comparison { get; set; } = new(HistoryVerdict.CanFollow, "it is a part of the leader's");

    /// <summary>What a rewind does to the facts; null: it succeeds.</summary>
    public Func<PostgresFacts, PostgresFacts>? RewindFails { get; set; }

    /// <summary>Runs in the middle of a bootstrap.</summary>
    public Func<Task> Bootstrapping { get; set; } = () => Task.CompletedTask;

    public Task<PostgresFacts> ProbeAsync(CancellationToken aborted) => Task.FromResult(Facts);

    public Task WaitForExitAsync(CancellationToken aborted) => Task.CompletedTask;

    public async Task<InstanceResult> BootstrapAsync(CancellationToken aborted)
    {
        await Bootstrapping();
        return await Note("bootstrap");
    }

    public Task<InstanceResult> CloneAsync(FollowTarget source, CancellationToken aborted) => Note("clone");

    public Task<InstanceResult> StartAsPrimaryAsync(CancellationToken aborted) => Note("start as primary");

    public Task<InstanceResult> StartAsStandbyAsync(FollowTarget? target, CancellationToken aborted) =>
        Note("start as standby");

    public Task<InstanceResult> FollowAsync(FollowTarget? target, CancellationToken aborted) => Note("follow");

    public Task<InstanceResult> PromoteAsync(CancellationToken aborted) => Note("promote");

    public Task<InstanceResult> StopAsync(StopMode mode, TimeSpan bound, CancellationToken aborted) => Note("stop");

    public Task<InstanceResult> FenceAsync(CancellationToken aborted) => Note("fence");

    public Task<InstanceResult> CheckpointAsync(CancellationToken aborted) => Note("checkpoint");

    public Task<HistoryComparison> CompareHistoryAsync(FollowTarget leader, CancellationToken aborted) =>
        Task.FromResult(Comparison);

    public Task<InstanceResult> RewindAsync(FollowTarget leader, CancellationToken aborted)
    {
        _done.Add("rewind");
        if (RewindFails is not { } fails)
        {
            return Task.FromResult(InstanceResult.Done("rewound"));
        }

        Facts = fails(Facts);
        return Task.FromResult(InstanceResult.Failed("pg_rewind failed"));
    }

    public Task<InstanceResult> SetDataAsideAsync(CancellationToken aborted) => Note("set aside");

    public Task<InstanceResult> SetSynchronousNamesAsync(string value, CancellationToken aborted) => Note("names");

    public Task<InstanceResult> ReconcileSlotsAsync(
        IReadOnlyList<string> create, IReadOnlyList<string> drop, CancellationToken aborted) => Note("slots");

    public Task<InstanceResult> ConfigureAsync(string dynamicConfigJson, CancellationToken aborted) => Note("configure");

    public Task<InstanceResult> RestartAsync(CancellationToken aborted) => Note("restart");

    public Task<ClusterHistory> ReadHistoryAsync(CancellationToken aborted) =>
        Task.FromResult(new ClusterHistory([]));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task<InstanceResult> Note(string what)
    {
        _done.Add(what);
        return Task.FromResult(InstanceResult.Done(what));
    }
}
