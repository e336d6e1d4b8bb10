using System.Text.Json;
using System.Text.Json.Nodes;
using Router.Cluster;

namespace Router.Agent.Api;

/// <summary>The bodies of <c>/cluster</c> and <c>/history</c> (rest-api.md 6).</summary>
public static class ClusterDocument
{
    private const string Unknown = "unknown";

    private static readonly string[] CopiedFields =
        ["timeline", "pending_restart", "pending_restart_reason", "scheduled_restart", "tags"];

    public static JsonObject Build(ClusterView view, string scope, bool isStandbyCluster)
    {
        var members = new JsonArray();
        foreach (var member in view.Members)
        {
            members.Add((JsonNode)MemberOf(view, member, isStandbyCluster));
        }

        var document = new JsonObject { ["members"] = members };
        if (view.Config.Value is { Settings.Pause: true })
        {
            document["pause"] = true;
        }

        if (view.Failover.Value is { ScheduledAt: { } at } request)
        {
            document["scheduled_switchover"] = Scheduled(request, at);
        }

        document["scope"] = scope;
        return document;
    }

    public static JsonArray History(ClusterView view)
    {
        var rows = new JsonArray();
        foreach (var line in view.History.Value?.Lines ?? [])
        {
            var row = new JsonArray { (JsonNode)line.Timeline.Value, (JsonNode)line.SwitchPoint.Value, (JsonNode)line.Reason };
            if (line.Timestamp is not null)
            {
                row.Add((JsonNode?)line.Timestamp);
            }

            if (line.NewLeader is not null)
            {
                row.Add((JsonNode?)line.NewLeader);
            }

            rows.Add((JsonNode)row);
        }

        return rows;
    }

    /// <summary><c>leader</c>, <c>standby_leader</c>, <c>sync_standby</c>, <c>quorum_standby</c> or <c>replica</c>.</summary>
    public static string RoleOf(ClusterView view, Member member, bool isStandbyCluster)
    {
        if (view.IsLockedBy(member.Name))
        {
            return isStandbyCluster ? "standby_leader" : "leader";
        }

        if (view.Sync.Value is not { IsActive: true } sync || !sync.Standbys.Contains(member.Name.Value))
        {
            return "replica";
        }

        return view.Config.Value is { Settings.SynchronousMode: SynchronousMode.Quorum } ? "quorum_standby" : "sync_standby";
    }

    private static JsonObject MemberOf(ClusterView view, Member member, bool isStandbyCluster)
    {
        var isLeader = view.IsLockedBy(member.Name);
        var document = new JsonObject
        {
            ["name"] = member.Name.Value,
            ["role"] = RoleOf(view, member, isStandbyCluster),
            ["state"] = isLeader ? member.State : member.ReplicationState ?? member.State,
            ["api_url"] = member.ApiUrl,
        };
        if (member.Address is { } address)
        {
            document["host"] = address.Host;
            document["port"] = address.Port;
        }

        CopyFields(document, member);
        if (!isLeader)
        {
            var optime = view.Status.Value?.Optime ?? Lsn.Zero;
            AddPosition(document, "receive_lag", "receive_lsn", optime, member.ReceiveLsn);
            AddPosition(document, "replay_lag", "replay_lsn", optime, member.ReplayLsn);
            AddPosition(document, "lag", "lsn", optime, member.XlogLocation);
        }

        return document;
    }

    private static void CopyFields(JsonObject document, Member member)
    {
        if (TryParse(member.Json) is not { } published)
        {
            return;
        }

        foreach (var field in CopiedFields)
        {
            if (published[field] is { } value)
            {
                document[field] = value.DeepClone();
            }
        }
    }

    private static void AddPosition(JsonObject document, string lagName, string lsnName, Lsn optime, Lsn? position)
    {
        document[lagName] = position is { } known ? optime.LagBytes(known) : Unknown;
        document[lsnName] = position is { } lsn ? lsn.ToString() : Unknown;
    }

    private static JsonObject Scheduled(FailoverRequest request, DateTimeOffset at)
    {
        var document = new JsonObject { ["at"] = PythonJson.IsoTimestamp(at) };
        if (request.Leader is { } leader)
        {
            document["from"] = leader.Value;
        }

        if (request.Candidate is { } candidate)
        {
            document["to"] = candidate.Value;
        }

        return document;
    }

    private static JsonObject? TryParse(string json)
    {
        try
        {
            return JsonNode.Parse(json) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
