using Router.Cluster;

namespace Router.Dcs;

/// <param name="Outcome">What became of it.</param>
/// <param name="Revision">The store's revision after it; the mod revision of each key written.</param>
/// <param name="Reason">For <see cref="WriteOutcome.Unknown"/>: one sentence.</param>
public sealed record CommitAnswer(WriteOutcome Outcome, Revision Revision, string? Reason = null)
{
    public bool IsOk => Outcome == WriteOutcome.Ok;
}
