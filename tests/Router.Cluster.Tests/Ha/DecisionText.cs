using Router.Cluster.Ha;
using Router.Cluster.Local;

namespace Router.Cluster.Tests.Ha;

/// <summary>Decisions as a reader of the log would write them down.</summary>
internal static class DecisionText
{
    public static string Of(Decision decision)
    {
        var lines = new List<string> { decision.Sentence };
        lines.AddRange(decision.Actions.Select(action => $"  {Of(action)}"));
        var marks = new[]
        {
            decision.MayLead ? "may lead" : "",
            decision.NeedsPeers ? "asks peers" : "",
            decision.DecideAgainAt is { } again ? $"again at {again.SinceBoot.TotalSeconds:0.#}" : "",
        };
        var tail = string.Join(", ", marks.Where(mark => mark.Length > 0));
        if (tail.Length > 0)
        {
            lines.Add($"  ({tail})");
        }

        return string.Join('\n', lines);
    }

    public static string Of(HaAction action) => action switch
    {
        HaAction.AcquireLeaderLock a => $"AcquireLeaderLock for timeline {a.Timeline}{(a.IsOpened ? ", open" : "")}",
        HaAction.RecreateLeaderLock a => $"RecreateLeaderLock for timeline {a.Timeline}{(a.IsOpened ? ", open" : "")}",
        HaAction.RestoreEpoch a => $"RestoreEpoch {a.Timeline}{(a.IsOpened ? ", open," : "")} over revision {a.Seen}",
        HaAction.OpenEpoch a => $"OpenEpoch {a.Timeline}",
        HaAction.WithdrawEpoch a => $"WithdrawEpoch {a.Timeline}",
        HaAction.DisarmGuard a => $"DisarmGuard {a.Reason}",
        HaAction.Demote a => $"Demote {a.Mode}",
        HaAction.CopyFrom a => $"CopyFrom {Of(a.Source)}",
        HaAction.StartAsStandby a => $"StartAsStandby of {Of(a.Target)}",
        HaAction.Follow a => $"Follow {Of(a.Target)}",
        HaAction.Rejoin a => $"Rejoin {Of(a.Leader)}",
        HaAction.Reinitialize a => $"Reinitialize from {Of(a.Source)}",
        HaAction.HandOver a => $"HandOver to {string.Join(" or ", a.Candidates)} for revision {a.Request}",
        HaAction.WriteSync a => $"WriteSync {Of(a.Next)} over revision {a.Seen}",
        HaAction.SetSynchronousNames a => $"SetSynchronousNames '{a.Value}'",
        HaAction.ClearFailover a => $"ClearFailover at revision {a.Seen}",
        HaAction.WriteHistory a => $"WriteHistory over revision {a.Seen}",
        HaAction.WriteInitialize a => $"WriteInitialize over revision {a.Seen}",
        HaAction.WriteStatus a => $"WriteStatus {a.Status.Optime}, retain {string.Join(",", a.Status.RetainSlots)}",
        HaAction.ReconcileSlots a => $"ReconcileSlots create [{string.Join(",", a.Create)}] drop [{string.Join(",", a.Drop)}]",
        HaAction.WriteFailsafe a => $"WriteFailsafe {string.Join(",", a.Topology.ApiUrls.Keys)}",
        _ => action.GetType().Name,
    };

    private static string Of(FollowTarget? target) =>
        target is null ? "nobody" : target.SlotName is null ? $"{target.Member}" : $"{target.Member} by slot {target.SlotName}";

    private static string Of(SyncState state) =>
        state.IsActive ? $"{state.Leader} + [{string.Join(",", state.Standbys)}]" : "inactive";
}
