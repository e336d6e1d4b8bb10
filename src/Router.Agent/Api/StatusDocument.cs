using System.Text.Json.Nodes;
using Router.Cluster.Local;

namespace Router.Agent.Api;

/// <summary>
/// The body of <c>/patroni</c> and of the health checks (rest-api.md 5). Other members' leader races parse it: who
/// tells no <c>xlog</c> counts as unreachable.
/// </summary>
internal static class StatusDocument
{
    public static JsonObject Build(AgentMoment agent)
    {
        var document = new JsonObject { ["state"] = agent.State };
        if (agent.HasPositions)
        {
            AddInstance(document, agent);
        }
        else
        {
            document["role"] = agent.Role;
        }

        AddCluster(document, agent);
        AddMember(document, agent.Snapshot);
        return document;
    }

    private static void AddInstance(JsonObject document, AgentMoment agent)
    {
        var postgres = agent.Postgres;
        document["postmaster_start_time"] = Timestamp(postgres.PostmasterStartTime);
        document["role"] = agent.Role;
        document["server_version"] = postgres.ServerVersion;
        document["xlog"] = postgres.IsInRecovery
            ? new JsonObject
            {
                // Before the first stream nothing has been received: the replayed position stands for both.
                ["received_location"] = (postgres.ReceiveLsn.Value > 0 ? postgres.ReceiveLsn : postgres.ReplayLsn).Value,
                ["replayed_location"] = postgres.ReplayLsn.Value,
                ["replayed_timestamp"] = Timestamp(postgres.ReplayTimestamp),
                ["paused"] = postgres.IsReplayPaused,
            }
            : new JsonObject { ["location"] = postgres.FlushLsn.Value };
        if (agent.IsSyncStandby)
        {
            document["sync_standby"] = true;
        }

        if (agent.IsQuorumStandby)
        {
            document["quorum_standby"] = true;
        }

        document["timeline"] = postgres.Timeline.IsKnown ? postgres.Timeline.Value : null;
        if (postgres.IsInRecovery && postgres.ReplicationState is { } replicationState)
        {
            document["replication_state"] = replicationState;
        }

        if (postgres.Standbys.Count > 0)
        {
            document["replication"] = new JsonArray([.. postgres.Standbys.Select(Walsender)]);
        }
    }

    private static void AddCluster(JsonObject document, AgentMoment agent)
    {
        if (agent.IsPaused)
        {
            document["pause"] = true;
        }

        if (agent.View is not { } view || view.Leader.IsAbsent)
        {
            document["cluster_unlocked"] = true;
        }

        if (agent.Snapshot.IsFailsafeActive(agent.Now))
        {
            document["failsafe_mode_is_active"] = true;
        }

        document["dcs_last_seen"] = agent.Snapshot.ViewSeenAt?.ToUnixTimeSeconds() ?? 0;
    }

    private static void AddMember(JsonObject document, AgentSnapshot snapshot)
    {
        if (snapshot.Local.Tags.Published.Count > 0)
        {
            var tags = new JsonObject();
            foreach (var (name, json) in snapshot.Local.Tags.Published)
            {
                tags[name] = JsonNode.Parse(json);
            }

            document["tags"] = tags;
        }

        if (snapshot.Postgres.Identifier is { } identifier)
        {
            document["database_system_identifier"] = identifier.ToString();
        }

        if (snapshot.Postgres.PendingRestart.Count > 0)
        {
            document["pending_restart"] = true;
            document["pending_restart_reason"] = PendingRestart(snapshot.Postgres);
        }

        document["patroni"] = new JsonObject
        {
            ["version"] = AgentVersion.Compatible,
            ["scope"] = snapshot.Scope,
            ["name"] = snapshot.Name.Value,
        };
        if (snapshot.ScheduledRestart is { } restart)
        {
            document["scheduled_restart"] = Scheduled(restart);
        }

        if (snapshot.WatchdogFailed)
        {
            document["watchdog_failed"] = true;
        }
    }

    private static JsonObject Walsender(StandbyConnection standby) => new()
    {
        ["usename"] = standby.UserName,
        ["application_name"] = standby.ApplicationName,
        ["client_addr"] = standby.ClientAddress,
        ["state"] = standby.State,
        ["sync_state"] = standby.SyncState,
        ["sync_priority"] = standby.SyncPriority,
    };

    private static JsonObject PendingRestart(PostgresFacts postgres)
    {
        var settings = new JsonObject();
        foreach (var setting in postgres.PendingRestart)
        {
            settings[setting.Name] = new JsonObject
            {
                ["old_value"] = setting.OldValue,
                ["new_value"] = setting.NewValue,
            };
        }

        return settings;
    }

    private static JsonObject Scheduled(RestartSchedule restart)
    {
        var document = new JsonObject { ["schedule"] = PythonJson.IsoTimestamp(restart.At) };
        if (restart.Filter.Role is { } role)
        {
            document["role"] = role;
        }

        if (restart.Filter.PostgresVersion is { } version)
        {
            document["postgres_version"] = version;
        }

        if (restart.Filter.IsPendingOnly)
        {
            document["restart_pending"] = true;
        }

        if (restart.Filter.Timeout is { } timeout)
        {
            document["timeout"] = (long)timeout.TotalSeconds;
        }

        return document;
    }

    private static string? Timestamp(DateTimeOffset? time) => time is { } at ? PythonJson.Timestamp(at) : null;
}
