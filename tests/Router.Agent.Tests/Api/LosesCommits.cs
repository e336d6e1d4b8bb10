using Router.Cluster;
using Router.Dcs;

namespace Router.Agent.Tests.Api;

/// <summary>A store whose writes take effect and whose answers to them are lost.</summary>
internal sealed class LosesCommits(IDcs store) : IDcs
{
    public Task<DcsRead> ReadAsync(CancellationToken aborted) => store.ReadAsync(aborted);

    public IAsyncEnumerable<DcsRead> WatchAsync(CancellationToken aborted) => store.WatchAsync(aborted);

    public Task<TimeSpan?> ReadLeaderLeaseAsync(LeaderLock held, CancellationToken aborted) =>
        store.ReadLeaderLeaseAsync(held, aborted);

    public Task<LeaseAnswer> GrantLeaseAsync(TimeSpan ttl, CancellationToken aborted) => store.GrantLeaseAsync(ttl, aborted);

    public Task<LeaseAnswer> KeepAliveAsync(long leaseId, CancellationToken aborted) => store.KeepAliveAsync(leaseId, aborted);

    public Task<WriteOutcome> RevokeLeaseAsync(long leaseId, CancellationToken aborted) =>
        store.RevokeLeaseAsync(leaseId, aborted);

    public async Task<CommitAnswer> CommitAsync(DcsTransaction transaction, CancellationToken aborted)
    {
        _ = await store.CommitAsync(transaction, aborted);
        return new CommitAnswer(WriteOutcome.Unknown, Revision.Absent, "the reply was lost");
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
