using System.Collections.Immutable;
using Router.Cluster;
using Router.Cluster.Local;

namespace Router.Simulation;

/// <summary>What survives every crash: WAL, control file, signal file, configuration.</summary>
internal sealed class DataDirectory
{
    public const long RecordBytes = 0x100;

    public List<WalRecord> Wal { get; } = [];

    public bool HasStandbySignal { get; set; }

    /// <summary>A rewind began and did not end: not to be started, nor read.</summary>
    public bool IsHalfRewound { get; set; }

    public string SynchronousNames { get; set; } = "";

    public FollowTarget? Following { get; set; }

    public List<string> Slots { get; } = [];

    public string ControlState { get; set; } = "in production";

    public Timeline ControlTimeline { get; set; }

    public Lsn CheckpointLsn { get; set; }

    public SystemIdentifier Identifier { get; init; }

    public Lsn End => new(Wal.Count * RecordBytes);

    public Timeline Timeline => Wal.Count == 0 ? Timeline.Unknown : new Timeline(Wal[^1].Timeline);

    public ControlFile Control => new(
        ControlState, Identifier, ControlTimeline, CheckpointLsn, HasStandbySignal ? End : Lsn.Zero,
        HasStandbySignal ? Timeline : Timeline.Unknown);

    /// <summary>Whether this WAL is the beginning of <paramref name="other"/>'s.</summary>
    public bool IsPrefixOf(DataDirectory other) =>
        Wal.Count <= other.Wal.Count && (Wal.Count == 0 || Wal[^1] == other.Wal[Wal.Count - 1]);

    public bool Contains(WalRecord record, int at) => at < Wal.Count && Wal[at] == record;

    public void CopyFrom(DataDirectory other, int records)
    {
        for (var index = Wal.Count; index < other.Wal.Count && records-- > 0; index++)
        {
            Wal.Add(other.Wal[index]);
        }
    }

    /// <summary>Cuts off what <paramref name="other"/> does not have.</summary>
    public void RewindTo(DataDirectory other)
    {
        while (!IsPrefixOf(other))
        {
            Wal.RemoveAt(Wal.Count - 1);
        }
    }

    public ClusterHistory History()
    {
        var lines = ImmutableArray.CreateBuilder<HistoryLine>();
        for (var index = 1; index < Wal.Count; index++)
        {
            for (var ended = Wal[index - 1].Timeline; ended < Wal[index].Timeline; ended++)
            {
                lines.Add(new HistoryLine(
                    new Timeline(ended), new Lsn(index * RecordBytes), "no recovery target specified", "then", null));
            }
        }

        return new ClusterHistory(lines.ToImmutable());
    }
}
