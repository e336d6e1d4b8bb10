using Router.Agent.Api;
using Router.Cluster.Local;

namespace Router.Testing.Api;

/// <summary>What a test says that the agent knows.</summary>
public sealed class FakeAgentStatus(AgentSnapshot current) : IAgentStatus
{
    public AgentSnapshot Current { get; set; } = current;

    public LeaseState Lease { get; set; } = new LeaseState.None();
}
