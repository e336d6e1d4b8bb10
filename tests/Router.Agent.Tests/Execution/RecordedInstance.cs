using Router.Cluster;
using Router.Cluster.Local;
using Router.Postgres;

namespace Router.Agent.Tests.Execution;

/// <summary>A PostgreSQL that tells its facts and counts fences; it does nothing else.</summary>
internal sealed class RecordedInstance(PostgresFacts facts) : IPostgresInstance
{
    public int Fences { get; private set; }

    public Task<PostgresFacts> ProbeAsync(CancellationToken aborted) =>
        Task.FromResult(Fences == 0 ? facts : facts with { State = PostgresState.Stopped });

    public Task<InstanceResult> FenceAsync(CancellationToken aborted)
    {
        Fences++;
        return Task.FromResult(InstanceResult.Done("fenced"));
    }

    public Task WaitForExitAsync(CancellationToken aborted) => throw Unasked();

    public Task<InstanceResult> BootstrapAsync(CancellationToken aborted) => throw Unasked();

    public Task<InstanceResult> CloneAsync(FollowTarget source, CancellationToken aborted) => throw Unasked();

    public Task<InstanceResult> StartAsPrimaryAsync(CancellationToken aborted) => throw Unasked();

    public Task<InstanceResult> StartAsStandbyAsync(FollowTarget? target, CancellationToken aborted) => throw Unasked();

    public Task<InstanceResult> FollowAsync(FollowTarget? target, CancellationToken aborted) => throw Unasked();

    public Task<InstanceResult> PromoteAsync(CancellationToken aborted) => throw Unasked();

    public Task<InstanceResult> StopAsync(StopMode mode, TimeSpan bound, CancellationToken aborted) => throw Unasked();

    public Task<InstanceResult> CheckpointAsync(CancellationToken aborted) => throw Unasked();

    public Task<HistoryComparison> CompareHistoryAsync(FollowTarget leader, CancellationToken aborted) => throw Unasked();

    public Task<InstanceResult> RewindAsync(FollowTarget leader, CancellationToken aborted) => throw Unasked();

    public Task<InstanceResult> SetDataAsideAsync(CancellationToken aborted) => throw Unasked();

    public Task<InstanceResult> SetSynchronousNamesAsync(string value, CancellationToken aborted) => throw Unasked();

    public Task<InstanceResult> ReconcileSlotsAsync(
        IReadOnlyList<string> create, IReadOnlyList<string> drop, CancellationToken aborted) => throw Unasked();

    public Task<InstanceResult> ConfigureAsync(string dynamicConfigJson, CancellationToken aborted) => throw Unasked();

    public Task<InstanceResult> RestartAsync(CancellationToken aborted) => throw Unasked();

    public Task<ClusterHistory> ReadHistoryAsync(CancellationToken aborted) => throw Unasked();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static NotSupportedException Unasked() => new("nothing here asks for this");
}
