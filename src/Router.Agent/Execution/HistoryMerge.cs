using Router.Cluster;

namespace Router.Agent.Execution;

/// <summary>The <c>history</c> key's next value: PostgreSQL's rows, with what older rows of the key knew beside.</summary>
public static class HistoryMerge
{
    /// <param name="local">The rows of the leader's own history file.</param>
    /// <param name="stored">The key as read.</param>
    /// <param name="leader">Who leads on the newest timeline.</param>
    /// <param name="linesMax">max_timelines_history; 0 keeps all.</param>
    public static ClusterHistory Merge(ClusterHistory local, ClusterHistory? stored, MemberName leader, int linesMax)
    {
        var known = stored?.Lines ?? [];
        var merged = local.Lines
            .Select((line, index) =>
            {
                var old = known.FirstOrDefault(k => k.Timeline == line.Timeline && k.SwitchPoint == line.SwitchPoint);
                var isNewest = index == local.Lines.Length - 1;
                return line with
                {
                    Timestamp = old?.Timestamp ?? line.Timestamp,
                    NewLeader = old?.NewLeader ?? (isNewest ? leader.Value : line.NewLeader),
                };
            });
        var kept = linesMax > 0 ? merged.TakeLast(linesMax) : merged;
        return new ClusterHistory([.. kept]);
    }
}
