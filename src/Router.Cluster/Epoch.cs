namespace Router.Cluster;

/// <summary>
/// The <c>epoch</c> key, which has no lease: one row for the newest acquisition of the leader lock (safety.md S5).
/// Patroni's members ignore it.
/// </summary>
/// <param name="Number">Grows by one with each acquisition.</param>
/// <param name="Holder">Who acquired.</param>
/// <param name="Timeline">The timeline that the holder's promotion creates, or that it already runs on.</param>
/// <param name="IsOpened">
/// Whether the holder has accepted writes on <paramref name="Timeline"/>. A promotion that never opened does not bar a
/// candidate of a lower timeline.
/// </param>
public sealed record Epoch(long Number, MemberName Holder, Timeline Timeline, bool IsOpened);
