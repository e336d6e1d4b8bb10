using System.Collections.Immutable;

namespace Router.Cluster;

/// <summary>The <c>history</c> key.</summary>
public sealed record ClusterHistory(ImmutableArray<HistoryLine> Lines)
{
    /// <summary>The timeline that the cluster is on: 1 for an empty history (dcs-layout.md 2.7).</summary>
    public Timeline CurrentTimeline => Lines.IsEmpty ? new Timeline(1) : Lines[^1].Timeline.Next;
}
