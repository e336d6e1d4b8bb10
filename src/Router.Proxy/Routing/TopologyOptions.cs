namespace Router.Proxy.Routing;

/// <summary>How often the tracker asks; the defaults suit production.</summary>
public sealed record TopologyOptions
{
    /// <summary>Between two questions to a leader that is not verified yet (S20).</summary>
    public TimeSpan VerifyInterval { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How long a leader is asked that often; one of a standby cluster never leaves recovery.</summary>
    public TimeSpan VerifyOftenFor { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Between two questions to the last primary while nobody holds the lock.</summary>
    public TimeSpan LeaderlessInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Between two questions to a verified primary.</summary>
    public TimeSpan RecheckInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>For one question by SQL.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long an agent's answer vouches for its leader, counted from before it was asked (S19).</summary>
    public TimeSpan AgentVoucher { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Between two questions to the leader's agent while the store is out of sight.</summary>
    public TimeSpan AgentInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest pause between two readings of the leader's lease; a quarter of what is left otherwise.</summary>
    public TimeSpan LeaseIntervalMax { get; init; } = TimeSpan.FromSeconds(5);
}
