namespace Router.Dcs;

/// <summary>
/// The agent's port to the store. Adapters know nothing of leadership: what a transaction compares and writes is data
/// that <c>ClusterTransactions</c> makes, so that every store and the simulation carry out the same rules.
/// </summary>
public interface IDcs : IDcsReader
{
    /// <summary>Grants a lease; the store may answer a longer TTL than was asked.</summary>
    Task<LeaseAnswer> GrantLeaseAsync(TimeSpan ttl, CancellationToken aborted);

    /// <summary>Renews a lease. This alone proves nothing about the leader key (rule S1).</summary>
    Task<LeaseAnswer> KeepAliveAsync(long leaseId, CancellationToken aborted);

    /// <summary>Gives one's own lease back, with the keys on it. For a clean end only.</summary>
    Task<WriteOutcome> RevokeLeaseAsync(long leaseId, CancellationToken aborted);

    /// <summary>
    /// Carries a transaction out once; never retried behind the caller's back. With no mutation it is the
    /// linearizable proof that the conditions hold.
    /// </summary>
    Task<CommitAnswer> CommitAsync(DcsTransaction transaction, CancellationToken aborted);
}
