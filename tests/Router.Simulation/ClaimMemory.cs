using Router.Agent.Execution;
using Router.Dcs;

namespace Router.Simulation;

/// <summary>A file in memory: it outlives the agent and not the machine.</summary>
internal sealed class ClaimMemory : IClaimMemory
{
    private LeaderClaim? _claim;

    public LeaderClaim? Recall() => _claim;

    public void Remember(LeaderClaim claim) => _claim = claim;

    public void Forget() => _claim = null;
}
