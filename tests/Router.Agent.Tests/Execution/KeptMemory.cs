using Router.Agent.Execution;
using Router.Dcs;

namespace Router.Agent.Tests.Execution;

/// <summary>A claim that outlives its agent.</summary>
internal sealed class KeptMemory : IClaimMemory
{
    private LeaderClaim? _claim;

    public LeaderClaim? Recall() => _claim;

    public void Remember(LeaderClaim claim) => _claim = claim;

    public void Forget() => _claim = null;
}
