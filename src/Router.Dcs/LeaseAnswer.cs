namespace Router.Dcs;

/// <param name="Outcome">
/// <see cref="WriteOutcome.Conflict"/>: the store does not know the lease (any more).
/// </param>
/// <param name="LeaseId">The lease.</param>
/// <param name="Ttl">The TTL that the store answered; count it from before the request was sent.</param>
/// <param name="Reason">For <see cref="WriteOutcome.Unknown"/>: one sentence.</param>
public sealed record LeaseAnswer(WriteOutcome Outcome, long LeaseId, TimeSpan Ttl, string? Reason = null);
