namespace Router.Cluster.Ha;

/// <summary>The keys that tell the cluster's past and identity: the leader restores what is missing.</summary>
internal static class HistoryPolicy
{
    public static void Maintain(Situation situation, Story story)
    {
        var view = situation.View;
        if (view.Initialize is { IsUnreadable: false, Value: null or { Identifier: null } }
            && situation.Postgres.Identifier is { } identifier)
        {
            story.Do(new HaAction.WriteInitialize(identifier, view.Initialize.ModRevision));
        }

        if (view.Config.IsAbsent)
        {
            story.Do(new HaAction.RestoreConfig(Revision.Absent));
        }

        if (!view.History.IsUnreadable && IsBehind(view.History.Value, situation.Postgres.Timeline))
        {
            story.Do(new HaAction.WriteHistory(view.History.ModRevision));
        }
    }

    private static bool IsBehind(ClusterHistory? history, Timeline timeline)
    {
        if (!timeline.IsKnown)
        {
            return false;
        }

        if (timeline == new Timeline(1))
        {
            return history is { Lines.IsEmpty: false };
        }

        return history is null || history.CurrentTimeline != timeline;
    }
}
