using Router.Cluster;

namespace Router.Dcs;

/// <summary>
/// One acquisition of the leader lock, as its winner remembers it. A renewal counts only while all of it is still in
/// the store (rule S1).
/// </summary>
/// <param name="Holder">The member's own name.</param>
/// <param name="LeaseId">The lease under the leader key.</param>
/// <param name="CreateRevision">Of the leader key.</param>
/// <param name="EpochNumber">Written with it.</param>
/// <param name="EpochRevision">
/// The epoch key's mod revision as last written by this claim; moves on when the claim opens its epoch.
/// </param>
public sealed record LeaderClaim(
    MemberName Holder,
    long LeaseId,
    Revision CreateRevision,
    long EpochNumber,
    Revision EpochRevision);
