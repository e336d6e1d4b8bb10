using Router.Dcs;

namespace Router.Agent.Execution;

/// <summary>
/// Where a claim outlives the agent's process, but not the machine: a restarted agent proves it and goes on leading
/// without touching PostgreSQL.
/// </summary>
public interface IClaimMemory
{
    /// <summary>The claim remembered, or null where there is none or it does not parse.</summary>
    LeaderClaim? Recall();

    void Remember(LeaderClaim claim);

    void Forget();
}
