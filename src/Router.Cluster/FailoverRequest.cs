namespace Router.Cluster;

/// <summary>The <c>failover</c> key: a switchover (with a leader) or a manual failover (candidate only).</summary>
public sealed record FailoverRequest(MemberName? Leader, MemberName? Candidate, DateTimeOffset? ScheduledAt)
{
    /// <summary>The key is emptied, never deleted; empty means nobody asks for anything.</summary>
    public bool IsEmpty => Leader is null && Candidate is null && ScheduledAt is null;

    public bool IsSwitchover => Leader is not null;
}
