using Router.Cluster;
using Router.Dcs;

namespace Router.Agent.Api;

/// <summary>
/// What an operator asks of the cluster and only the store has to hear: the <c>failover</c> and <c>config</c> keys.
/// Each write compares the revision that the caller saw. A write whose end is unknown is read again before it is
/// answered.
/// </summary>
public sealed class ClusterRequests(IDcs dcs, Action wake)
{
    /// <summary>Asks for a switchover or a failover, or withdraws one with an empty request.</summary>
    public Task<WriteOutcome> WriteFailoverAsync(FailoverRequest request, Revision seen, CancellationToken aborted) =>
        WriteAsync(ClusterTransactions.PutFailover(seen, request), view => view.Failover.Value == request, aborted);

    public Task<WriteOutcome> WriteConfigAsync(string json, Revision seen, CancellationToken aborted) =>
        WriteAsync(ClusterTransactions.PutConfig(seen, json), view => view.Config.Value?.Json == json, aborted);

    private async Task<WriteOutcome> WriteAsync(
        DcsTransaction transaction, Func<ClusterView, bool> isWritten, CancellationToken aborted)
    {
        var outcome = (await dcs.CommitAsync(transaction, aborted)).Outcome;
        if (outcome == WriteOutcome.Unknown && await dcs.ReadAsync(aborted) is DcsRead.Seen seen)
        {
            outcome = isWritten(seen.View) ? WriteOutcome.Ok : WriteOutcome.Conflict;
        }

        if (outcome == WriteOutcome.Ok)
        {
            wake();
        }

        return outcome;
    }
}
