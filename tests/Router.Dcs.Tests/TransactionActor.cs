using Router.Cluster;

namespace Router.Dcs.Tests;

/// <summary>One member of a <see cref="TransactionWorld"/> and what it remembers.</summary>
internal sealed class TransactionActor(MemberName name)
{
    public MemberName Name { get; } = name;

    public long LeaseId { get; set; }

    public ClusterView? Seen { get; set; }

    public LeaderClaim? Claim { get; private set; }

    public void Remember(int kind, ClusterView seen, Revision revision) => Claim = kind switch
    {
        0 => ClusterTransactions.ClaimAcquired(seen, Name, LeaseId, revision),
        1 when Claim is not null => ClusterTransactions.ClaimRecreated(Claim, seen, LeaseId, revision),
        2 or 13 when Claim is not null => Claim with { EpochRevision = revision },
        3 => null,
        _ => Claim,
    };
}
