using Router.Cluster.Local;

namespace Router.Agent.Api;

/// <summary>What the agent tells of itself. Reading never waits and never touches PostgreSQL or the store.</summary>
public interface IAgentStatus
{
    AgentSnapshot Current { get; }

    /// <summary>
    /// The lease as the renewal task knows it now, which is newer than <see cref="AgentSnapshot.Local"/> says: the
    /// renewal does not wait for the cycle (rule S3). The reader compares its end with the clock itself.
    /// </summary>
    LeaseState Lease { get; }
}
