using Microsoft.Extensions.Logging;
using Router.Agent.Observation;
using Router.Cluster;
using Router.Cluster.Local;
using Router.Dcs;

namespace Router.Agent.Api;

/// <summary>
/// POST /switchover and /failover, DELETE /switchover (rest-api.md 7): checks, writes the request into the store, and
/// watches there what becomes of it.
/// </summary>
internal sealed class SwitchoverEndpoint(
    IAgentStatus status,
    IBootClock clock,
    IDcs dcs,
    ClusterRequests requests,
    IMemberProbe probe,
    TimeProvider time,
    ILogger log)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PollFloor = TimeSpan.FromSeconds(10);
    private static readonly FailoverRequest Nothing = new(null, null, null);

    public async Task<ApiReply> PostAsync(string asked, ApiRequest request)
    {
        var (leader, candidate) = (request.Text("leader"), request.Text("candidate") ?? request.Text("member"));
        var scheduledAt = request.Text("scheduled_at");
        AgentApiLog.SwitchoverAsked(log, asked, leader, candidate, scheduledAt);
        if (await ReadAsync(request.Aborted) is not { } view)
        {
            return ApiReply.Text(503, "failed to write failover key into DCS");
        }

        var (order, refusal) = SwitchoverOrder.Check(asked, leader, candidate, scheduledAt, view, time.GetUtcNow());
        if (order is null)
        {
            return refusal ?? throw new InvalidOperationException("An order is accepted or refused.");
        }

        if (!order.IsScheduled && await WhyNoCandidateAsync(order, view, request.Aborted) is { } reason)
        {
            return ApiReply.Text(
                412, $"{order.Action} is not possible: no good candidates have been found ({reason})");
        }

        var since = clock.Now;
        if (await requests.WriteFailoverAsync(order.Request, view.Failover.ModRevision, request.Aborted) != WriteOutcome.Ok)
        {
            return ApiReply.Text(503, "failed to write failover key into DCS");
        }

        return order.IsScheduled
            ? ApiReply.Text(202, "Switchover scheduled")
            : await FollowAsync(order, view.Leader.Value?.Holder, since, request.Aborted);
    }

    public async Task<ApiReply> DeleteAsync(CancellationToken aborted)
    {
        if (await ReadAsync(aborted) is not { Failover: { Value.ScheduledAt: not null, ModRevision: var seen } })
        {
            return ApiReply.Text(404, "no switchover is scheduled");
        }

        return await requests.WriteFailoverAsync(Nothing, seen, aborted) == WriteOutcome.Ok
            ? ApiReply.Text(200, "scheduled switchover deleted")
            : ApiReply.Error(409, "The failover key has changed in the meantime");
    }

    private async Task<string?> WhyNoCandidateAsync(SwitchoverOrder order, ClusterView view, CancellationToken aborted)
    {
        var reports = await probe.AskAsync(order.Candidates, aborted);
        var snapshot = status.Current;
        var leaderPosition = view.Status.Value?.Optime ?? Lsn.Zero;
        if (view.IsLockedBy(snapshot.Name))
        {
            leaderPosition = Lsn.Max(leaderPosition, snapshot.Postgres.FlushLsn);
        }

        return CandidatePolicy.WhyNone(order, reports, leaderPosition, view.Config.Value?.Settings ?? snapshot.Settings);
    }

    /// <summary>Once a second, for twice loop_wait and never less than 20 s.</summary>
    private async Task<ApiReply> FollowAsync(
        SwitchoverOrder order, MemberName? formerLeader, BootTime since, CancellationToken aborted)
    {
        var loopWait = status.Current.Settings.LoopWait;
        var polls = (int)(2 * (loopWait > PollFloor ? loopWait : PollFloor).TotalSeconds);
        for (var poll = 0; poll < polls; poll++)
        {
            await Task.Delay(PollInterval, time, aborted);
            if (await ReadAsync(aborted) is { } view && OutcomeOf(order, formerLeader, view, since) is { } outcome)
            {
                return outcome;
            }
        }

        return ApiReply.Text(
            503,
            $"{SwitchoverOrder.Title(order.Action)} status unknown after {polls} seconds; "
            + "operation may still be in progress");
    }

    /// <summary>Null: not decided yet.</summary>
    private ApiReply? OutcomeOf(SwitchoverOrder order, MemberName? formerLeader, ClusterView view, BootTime since)
    {
        var verb = order.Action == "failover" ? "failed" : "switched";
        if (view.Leader.Value is { Holder: var leader } && leader != formerLeader)
        {
            return order.Request.Candidate is { } candidate && candidate != leader
                ? ApiReply.Text(
                    200, $"{(verb == "failed" ? "Failed" : "Switched")} over to \"{leader}\" instead of \"{candidate}\"")
                : ApiReply.Text(200, $"Successfully {verb} over to \"{leader}\"");
        }

        if (view.Failover.Value is { IsEmpty: false } || view.Failover.IsUnreadable)
        {
            return null;
        }

        // A hand-over that was given up has its reason in the operation that ended (rule S8).
        var failed = $"{SwitchoverOrder.Title(order.Action)} failed";
        return status.Current.Local.LastOperation is { Kind: OperationKind.HandOver, IsSuccess: false } end && end.At >= since
            ? ApiReply.Text(503, $"{failed}: {end.Reason}")
            : ApiReply.Text(503, failed);
    }

    private async Task<ClusterView?> ReadAsync(CancellationToken aborted) =>
        (await dcs.ReadAsync(aborted) as DcsRead.Seen)?.View;
}
