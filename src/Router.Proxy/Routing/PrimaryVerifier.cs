using Router.Cluster;

namespace Router.Proxy.Routing;

/// <summary>
/// Whether the member behind the leader key is the primary it should be (S19): out of recovery, of this cluster, and on
/// no older timeline than any that the store records. What the proxy itself remembers is <see cref="TimelineMemory"/>'s.
/// Pure.
/// </summary>
public static class PrimaryVerifier
{
    /// <returns>Null where it is; else why not, in words for an operator.</returns>
    public static string? WhyNot(ClusterView view, BackendFacts.Answered answer)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(answer);
        if (answer.IsInRecovery)
        {
            return "the leader is still in recovery";
        }

        if (view.Initialize.Value?.Identifier is not { } expected)
        {
            return "the store does not say which system identifier the cluster has";
        }

        if (answer.System != expected)
        {
            return $"the leader has system identifier {answer.System}, the cluster {expected}";
        }

        var least = view.HighestRecordedTimeline;
        return answer.Timeline < least
            ? $"the leader is on timeline {answer.Timeline}, but timeline {least} has been seen"
            : null;
    }
}
