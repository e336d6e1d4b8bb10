using System.Collections.Immutable;
using Router.Cluster;
using Router.Cluster.Ha;
using Router.Dcs;
using Router.Postgres;

namespace Router.Agent.Execution;

/// <summary>What the leader writes beside the lock: each write compares that the lock is still this claim.</summary>
public sealed class LeaderRecords(IDcs dcs, IPostgresInstance instance, Leadership leadership)
{
    private ClusterStatus? _lastStatus;

    public Task<ActionResult> WriteStatusAsync(ClusterStatus status, CancellationToken aborted)
    {
        _lastStatus = status;
        return CommitAsync(claim => ClusterTransactions.PutStatus(claim, status), "status", aborted);
    }

    /// <summary>The position at which this leader stopped; slots as last written.</summary>
    public Task<ActionResult> WriteFinalStatusAsync(Lsn position, CancellationToken aborted) =>
        WriteStatusAsync(
            (_lastStatus ?? new ClusterStatus(position, ImmutableSortedDictionary<string, Lsn>.Empty, []))
            with
            { Optime = position },
            aborted);

    /// <summary>The <c>history</c> key from the instance's own history file, with who leads now.</summary>
    public async Task<ActionResult> WriteHistoryAsync(
        HaAction.WriteHistory action, ClusterView view, HaSettings settings, MemberName me, CancellationToken aborted)
    {
        var local = await instance.ReadHistoryAsync(aborted);
        var merged = HistoryMerge.Merge(local, view.History.Value, me, settings.MaxTimelinesHistory);
        return await CommitAsync(
            claim => ClusterTransactions.PutHistory(claim, action.Seen, merged), "history", aborted);
    }

    public Task<ActionResult> WriteSyncAsync(HaAction.WriteSync action, CancellationToken aborted) =>
        CommitAsync(
            claim => action.Next.IsActive
                ? ClusterTransactions.PutSync(claim, action.Seen, action.Next)
                : ClusterTransactions.DeleteSync(claim, action.Seen),
            "sync",
            aborted);

    public Task<ActionResult> ClearFailoverAsync(HaAction.ClearFailover action, CancellationToken aborted) =>
        CommitAsync(claim => ClusterTransactions.ClearFailover(claim, action.Seen), "failover", aborted);

    public Task<ActionResult> WriteInitializeAsync(HaAction.WriteInitialize action, CancellationToken aborted) =>
        CommitAsync(
            claim => ClusterTransactions.PutInitialize(claim, action.Seen, action.Identifier), "initialize", aborted);

    public Task<ActionResult> RestoreConfigAsync(
        HaAction.RestoreConfig action, string json, CancellationToken aborted) =>
        CommitAsync(claim => ClusterTransactions.RestoreConfig(claim, action.Seen, json), "config", aborted);

    public Task<ActionResult> WriteFailsafeAsync(HaAction.WriteFailsafe action, CancellationToken aborted) =>
        CommitAsync(claim => ClusterTransactions.PutFailsafe(claim, action.Topology), "failsafe", aborted);

    private async Task<ActionResult> CommitAsync(
        Func<LeaderClaim, DcsTransaction> transaction, string key, CancellationToken aborted)
    {
        if (leadership.State is not { Claim: { } claim, IsLapsed: false })
        {
            return ActionResult.Failed($"{key} was not written: this member does not lead");
        }

        var answer = await dcs.CommitAsync(transaction(claim), aborted);
        return answer.Outcome switch
        {
            WriteOutcome.Ok => ActionResult.Done($"wrote {key}"),
            WriteOutcome.Conflict => ActionResult.Failed($"{key} was not written: it changed meanwhile"),
            _ => ActionResult.Failed($"no answer to the write of {key}: {answer.Reason}"),
        };
    }
}
