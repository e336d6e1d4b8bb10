using System.Runtime.CompilerServices;
using Router.Cluster;
using Router.Dcs;

namespace Router.Simulation;

/// <summary>For <see cref="Mutation.SilentLeaderForgotten"/>: hides which members ran when the lock went.</summary>
internal sealed class ForgetfulDcs(IDcs dcs) : IDcs
{
    public async Task<DcsRead> ReadAsync(CancellationToken aborted) => Forget(await dcs.ReadAsync(aborted));

    public async IAsyncEnumerable<DcsRead> WatchAsync([EnumeratorCancellation] CancellationToken aborted)
    {
        await foreach (var read in dcs.WatchAsync(aborted))
        {
            yield return Forget(read);
        }
    }

    public Task<TimeSpan?> ReadLeaderLeaseAsync(LeaderLock held, CancellationToken aborted) =>
        dcs.ReadLeaderLeaseAsync(held, aborted);

    public Task<LeaseAnswer> GrantLeaseAsync(TimeSpan ttl, CancellationToken aborted) =>
        dcs.GrantLeaseAsync(ttl, aborted);

    public Task<LeaseAnswer> KeepAliveAsync(long leaseId, CancellationToken aborted) =>
        dcs.KeepAliveAsync(leaseId, aborted);

    public Task<WriteOutcome> RevokeLeaseAsync(long leaseId, CancellationToken aborted) =>
        dcs.RevokeLeaseAsync(leaseId, aborted);

    public Task<CommitAnswer> CommitAsync(DcsTransaction transaction, CancellationToken aborted) =>
        dcs.CommitAsync(transaction, aborted);

    public ValueTask DisposeAsync() => dcs.DisposeAsync();

    private static DcsRead Forget(DcsRead read) => read is not DcsRead.Seen { View: { Leader.IsAbsent: true } view }
        ? read
        : new DcsRead.Seen(view with
        {
            Members = [.. view.Members.Select(member => member with { Role = MemberRole.Replica, State = "stopped" })],
        });
}
