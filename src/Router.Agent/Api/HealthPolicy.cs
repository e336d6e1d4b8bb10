using System.Text.Json;
using Router.Cluster;

namespace Router.Agent.Api;

/// <summary>
/// Which status code a health check gets (rest-api.md 4). The path is matched by parts and in this order, because load
/// balancers in the field rely on it: <c>/foo-primary</c> asks for the primary.
/// </summary>
internal static class HealthPolicy
{
    private const int Ok = 200;
    private const int Unavailable = 503;

    public static int StatusOf(string path, ApiQuery query, AgentMoment agent)
    {
        var asked = path == "/" ? "/primary" : path;
        if (asked.Contains("standby_leader", StringComparison.Ordinal)
            || asked.Contains("standby-leader", StringComparison.Ordinal))
        {
            return Code(IsStandbyLeader(agent));
        }

        if (asked.Contains("leader", StringComparison.Ordinal))
        {
            return Code(IsLeader(agent));
        }

        if (asked.Contains("master", StringComparison.Ordinal)
            || asked.Contains("primary", StringComparison.Ordinal)
            || asked.Contains("read-write", StringComparison.Ordinal))
        {
            return Code(IsPrimary(agent));
        }

        return Code(IsServing(asked, query, agent) && HasTags(agent.Snapshot.Local.Tags, query));
    }

    public static int Liveness(AgentMoment agent)
    {
        var settings = agent.Snapshot.Settings;
        // A replica's agent may stand still longer: nothing depends on its renewal.
        var patience = agent.Postgres.IsPrimary ? settings.Ttl : settings.Ttl * 2;
        return Code(agent.IsPaused || agent.Now < agent.Snapshot.Cycle.EndedAt + settings.LoopWait + patience);
    }

    public static int Readiness(ApiQuery query, AgentMoment agent)
    {
        if (agent.IsLeader)
        {
            return Ok;
        }

        var postgres = agent.Postgres;
        if (agent.State != PublishedState.Running
            || postgres.ReplicationState != "streaming"
            || (agent.View is null && !agent.Snapshot.IsFailsafeActive(agent.Now)))
        {
            return Unavailable;
        }

        var own = query["mode"] == "write" ? postgres.ReceiveLsn : postgres.ReplayLsn;
        var lagMax = Quantity.ParseBytes(query["lag"]) ?? agent.Snapshot.Settings.MaximumLagOnFailoverBytes;
        return Code(agent.LeaderPosition.LagBytes(own) <= lagMax);
    }

    private static bool IsServing(string path, ApiQuery query, AgentMoment agent)
    {
        if (path.Contains("replica", StringComparison.Ordinal))
        {
            return IsReplica(query, agent);
        }

        var isSynchronousFamily = path.Contains("sync", StringComparison.Ordinal)
            || path.Contains("quorum", StringComparison.Ordinal);
        if (path.Contains("read-only", StringComparison.Ordinal) && !isSynchronousFamily)
        {
            return LeadsAnyhow(agent) || IsReplica(query, agent);
        }

        if (path.Contains("health", StringComparison.Ordinal))
        {
            return agent.State == PublishedState.Running;
        }

        return agent.View is not null && IsSynchronous(path, query, agent);
    }

    private static bool IsSynchronous(string path, ApiQuery query, AgentMoment agent) => path switch
    {
        "/sync" or "/synchronous" => agent.IsSyncStandby && IsReplica(query, agent),
        "/quorum" => agent.IsQuorumStandby && IsReplica(query, agent),
        "/async" or "/asynchronous" =>
            !agent.IsSyncStandby && !agent.IsQuorumStandby && IsReplica(query, agent),
        "/read-only-sync" or "/read-only-synchronous" =>
            LeadsAnyhow(agent) || (agent.IsSyncStandby && IsReplica(query, agent)),
        "/read-only-quorum" => LeadsAnyhow(agent) || (agent.IsQuorumStandby && IsReplica(query, agent)),
        _ => false,
    };

    private static bool LeadsAnyhow(AgentMoment agent) => IsPrimary(agent) || IsStandbyLeader(agent);

    private static bool IsLeader(AgentMoment agent) =>
        IsPausedWithoutStore(agent) ? agent.Role is "primary" or "standby_leader" : agent.IsLeader;

    private static bool IsPrimary(AgentMoment agent) =>
        IsPausedWithoutStore(agent) ? agent.Role == "primary" : agent.IsLeader && !agent.Snapshot.IsStandbyCluster;

    private static bool IsStandbyLeader(AgentMoment agent) => IsPausedWithoutStore(agent)
        ? agent.Role == "standby_leader"
        : agent.IsLeader && agent.Snapshot.IsStandbyCluster && agent.Role is "replica" or "standby_leader";

    /// <summary>In a pause nobody is promoted behind the store's back, so the local role speaks for itself.</summary>
    private static bool IsPausedWithoutStore(AgentMoment agent) => agent.IsPaused && agent.View is null;

    private static bool IsReplica(ApiQuery query, AgentMoment agent)
    {
        var isStandbyLeader = agent.IsLeader && agent.Snapshot.IsStandbyCluster;
        return !isStandbyLeader
            && !agent.Snapshot.Local.Tags.NoLoadBalance
            && agent.Role == "replica"
            && agent.State == PublishedState.Running
            && !IsLagging(query, agent)
            && (query["replication_state"] is not { } asked || asked == agent.Postgres.ReplicationState);
    }

    private static bool IsLagging(ApiQuery query, AgentMoment agent) =>
        Quantity.ParseBytes(query["lag"]) is { } lagMax
        && agent.LeaderPosition.LagBytes(agent.Postgres.ReplayLsn) > lagMax;

    private static bool HasTags(MemberTags tags, ApiQuery query) =>
        query.Tags.All(asked => tags.Published.TryGetValue(asked.Key, out var json) && TagText(json) == asked.Value);

    /// <summary>A text as it is; a number or boolean in lower case; null counts as missing.</summary>
    private static string? TagText(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind switch
        {
            JsonValueKind.String => document.RootElement.GetString(),
            JsonValueKind.Null => null,
            _ => document.RootElement.GetRawText().ToLowerInvariant(),
        };
    }

    private static int Code(bool isOk) => isOk ? Ok : Unavailable;
}
