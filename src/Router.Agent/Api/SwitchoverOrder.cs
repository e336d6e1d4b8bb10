using Router.Cluster;

namespace Router.Agent.Api;

/// <summary>
/// A POST /switchover or /failover that passed the checks that need nobody else (rest-api.md 7, rows 1 to 6 without the
/// probe of the candidates).
/// </summary>
/// <param name="Action"><c>switchover</c> or <c>failover</c>, the word of the answers.</param>
/// <param name="Request">What to write into the store.</param>
/// <param name="Candidates">Whom to ask before an immediate one; empty for a scheduled one.</param>
internal sealed record SwitchoverOrder(string Action, FailoverRequest Request, EquatableList<Member> Candidates)
{
    public bool IsScheduled => Request.ScheduledAt is not null;

    /// <summary>Checks in the order of the reference; the first that fails is the answer.</summary>
    public static (SwitchoverOrder? Order, ApiReply? Refusal) Check(
        string asked, string? leader, string? candidate, string? scheduledAt, ClusterView view, DateTimeOffset now)
    {
        if (asked == "failover" && candidate is null)
        {
            return Refuse(400, "Failover could be performed only to a specific candidate");
        }

        if (asked == "switchover" && leader is null)
        {
            return Refuse(400, "Switchover could be performed only from a specific leader");
        }

        var isPaused = view.Config.Value is { Settings.Pause: true };
        DateTimeOffset? at = null;
        if (scheduledAt is not null)
        {
            var (parsed, refusal) = CheckSchedule(asked, scheduledAt, isPaused, now);
            if (refusal is not null)
            {
                return (null, refusal);
            }

            at = parsed;
        }

        if (isPaused && candidate is null)
        {
            return Refuse(400, $"{Title(asked)} is possible only to a specific candidate in a paused state");
        }

        // A failover from a named leader is a switchover by another name.
        var action = leader is null ? asked : "switchover";
        if (leader is not null && leader == candidate)
        {
            return Refuse(400, "Switchover target and source are the same");
        }

        var request = new FailoverRequest(Name(leader), Name(candidate), at);
        return at is null
            ? CheckCandidates(action, request, view)
            : (new SwitchoverOrder(action, request, []), null);
    }

    public static string Title(string action) => action == "failover" ? "Failover" : "Switchover";

    private static (DateTimeOffset At, ApiReply? Refusal) CheckSchedule(
        string asked, string scheduledAt, bool isPaused, DateTimeOffset now)
    {
        if (asked == "failover")
        {
            return (default, ApiReply.Text(400, "Failover can't be scheduled"));
        }

        return isPaused
            ? (default, ApiReply.Text(400, "Can't schedule switchover in the paused state"))
            : ScheduleText.Parse(scheduledAt, asked, now);
    }

    private static (SwitchoverOrder? Order, ApiReply? Refusal) CheckCandidates(
        string action, FailoverRequest request, ClusterView view)
    {
        if (request.Leader is { } leader && !view.IsLockedBy(leader))
        {
            return Refuse(412, "leader name does not match");
        }

        var isSynchronous = view.Config.Value is { Settings.SynchronousMode: SynchronousMode.On };
        var standbys = view.Sync.Value is { IsActive: true } sync ? sync.Standbys : SyncState.EmptyStandbys;
        if (request.Candidate is { } candidate)
        {
            if (action == "switchover" && isSynchronous && !standbys.Contains(candidate.Value))
            {
                return Refuse(412, "candidate name does not match with sync_standby");
            }

            return view.Find(candidate) is { } member
                ? Accept(action, request, [member])
                : Refuse(412, "candidate does not exists");
        }

        var members = view.Members
            .Where(member => isSynchronous
                ? standbys.Contains(member.Name.Value)
                : !view.IsLockedBy(member.Name) && member.ApiUrl is not null)
            .ToEquatableList();
        if (members.Count > 0)
        {
            return Accept(action, request, members);
        }

        return Refuse(412, isSynchronous
            ? $"{action} is not possible: can not find sync_standby"
            : $"{action} is not possible: cluster does not have members except leader");
    }

    private static (SwitchoverOrder? Order, ApiReply? Refusal) Accept(
        string action, FailoverRequest request, EquatableList<Member> candidates) =>
        (new SwitchoverOrder(action, request, candidates), null);

    private static (SwitchoverOrder? Order, ApiReply? Refusal) Refuse(int status, string text) =>
        (null, ApiReply.Text(status, text));

    private static MemberName? Name(string? text) => text is null ? null : new MemberName(text);
}
