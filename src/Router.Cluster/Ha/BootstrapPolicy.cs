using Router.Cluster.Local;

namespace Router.Cluster.Ha;

/// <summary>There is no data here: make a cluster, copy one, or wait?</summary>
internal static class BootstrapPolicy
{
    public static Decision Decide(Situation situation)
    {
        if (situation.Postgres.State != PostgresState.Stopped)
        {
            return Situation.Fence("PostgreSQL runs without its data directory: I stop it at once");
        }

        if (situation.Leads)
        {
            return Decision.Because(
                "I hold the leader lock and have no data: I release it", mayLead: false,
                new HaAction.ReleaseLeaderLock()).After(situation.StandDown);
        }

        if (situation.Postgres.DataDirectory == DataDirectoryState.Unusable)
        {
            return situation.Wait(
                $"the data directory cannot be used: {situation.Postgres.DataDirectoryReason ?? "see its owner and version"}");
        }

        return situation.View.Leader.Value is { } held ? Copy(situation, held.Holder) : WithoutLeader(situation);
    }

    /// <summary>
    /// Another member whose PostgreSQL runs. A store that lost its keys looks like one that was never used; the member that
    /// runs has the data that tells them apart, and what it has is worth more than a new cluster.
    /// </summary>
    public static MemberName? MemberWithData(Situation situation) =>
        situation.View.Members.FirstOrDefault(member => member.IsRunning && member.Name != situation.Me)?.Name;

    private static Decision Copy(Situation situation, MemberName leader)
    {
        if (situation.HasJustFailed(OperationKind.Clone) || situation.HasJustFailed(OperationKind.Reinitialize))
        {
            return situation.Wait($"the last copy failed and I wait: {situation.Local.LastOperation!.Reason}");
        }

        return leader == situation.Me
            ? situation.Wait("the lock stands in my name without a lease of mine, and I have no data; I wait")
            : Source(situation) is { } source
            ? Fill(situation, leader, source).After(situation.StandDown)
            : situation.Wait($"{leader} leads; I wait for it to run before I copy its data");
    }

    /// <summary>A half rewound directory held data once: it makes room under another name.</summary>
    private static Decision Fill(Situation situation, MemberName leader, FollowTarget source) =>
        situation.Postgres.DataDirectory == DataDirectoryState.HalfRewound
            ? Decision.Because(
                $"{leader} leads and my rewind did not end: I set the directory aside and copy {source.Member}'s",
                mayLead: false, new HaAction.Reinitialize(source))
            : Decision.Because(
                $"{leader} leads and I have no data: I copy it from {source.Member}", mayLead: false,
                new HaAction.CopyFrom(source));

    /// <summary>A running member that offers itself by the tag clonefrom, else the leader.</summary>
    private static FollowTarget? Source(Situation situation)
    {
        var leader = situation.View.LeaderMember;
        var offered = situation.View.Members.FirstOrDefault(
            member => member is { IsRunning: true, Tags.CloneFrom: true, Address: not null }
                && member.Name != situation.Me && member.Name != leader?.Name);
        return (offered ?? (leader is { IsRunning: true } ? leader : null)) is { } source
            ? FollowPolicy.Target(situation, source)
            : null;
    }

    private static Decision WithoutLeader(Situation situation) => situation switch
    {
        { View.Leader.IsUnreadable: true } => situation.Wait("the leader key cannot be read; I have no data and wait"),
        { View.Initialize.IsAbsent: false } => situation.Wait("nobody leads; I have no data and wait for a leader"),
        { Postgres.DataDirectory: not (DataDirectoryState.Empty or DataDirectoryState.HalfMade) } =>
            situation.Wait("an unfinished copy lies in the data directory; I wait for a leader to copy from"),
        { Local.Tags.MayFailover: false } => situation.Wait("this cluster is new; I may not lead and wait for a leader"),
        { Local.MayBootstrap: false } => situation.Wait("this cluster is new; I have no bootstrap section and wait"),
        { Local: { IsIncarnationSettled: false } or { HasStoreForgotten: true } } =>
            situation.Wait("the store was emptied; I wait for a leader of before to show itself"),
        _ when MemberWithData(situation) is { } member =>
            situation.Wait($"nobody leads; {member} runs and has data, so I make no new cluster and wait for it to lead"),
        { LacksRequiredGuard: true } => situation.Wait("this cluster is new; no guard answers and one is required"),
        _ when situation.HasJustFailed(OperationKind.Bootstrap) =>
            situation.Wait($"the bootstrap failed and I wait: {situation.Local.LastOperation!.Reason}"),
        _ => Decision.Because(
            "this cluster is new: I make its first member", mayLead: true,
            new HaAction.RaceInitialize(), new HaAction.Bootstrap()),
    };
}
