using System.Collections.Immutable;

namespace Router.Cluster;

/// <summary>The <c>status</c> key: the leader's WAL position and the slots' positions of its last cycle.</summary>
/// <param name="Optime">The leader's flush position.</param>
/// <param name="Slots">Slot name to restart_lsn or confirmed_flush_lsn.</param>
/// <param name="RetainSlots">Slots of members seen not long ago.</param>
public sealed record ClusterStatus(
    Lsn Optime,
    ImmutableSortedDictionary<string, Lsn> Slots,
    ImmutableArray<string> RetainSlots);
