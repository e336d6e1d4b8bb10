using System.Globalization;
using System.Text;
using Prometheus;
using Router.Cluster;
using Router.Cluster.Guarding;
using Router.Cluster.Local;

namespace Router.Agent.Api;

/// <summary>
/// <c>/metrics</c>: Patroni's names (rest-api.md 8), and ours, which begin with <c>router_agent_</c>. Everything is read
/// off the snapshot into a registry of its own for each scrape, because Patroni's counters go back to 0 with the role.
/// </summary>
internal static class AgentMetrics
{
    private static readonly string[] LabelNames = ["scope", "name"];

    /// <summary>Two digits for each part: 4.1.4 is 40104.</summary>
    private static readonly double PaddedVersion = double.Parse(
        string.Concat(AgentVersion.Compatible.Split('.').Select(part => part.PadLeft(2, '0'))), CultureInfo.InvariantCulture);

    public static async Task<string> ExportAsync(AgentMoment agent, CancellationToken aborted)
    {
        var registry = Metrics.NewCustomRegistry();
        var scrape = new Scrape(Metrics.WithCustomRegistry(registry), agent);
        AddInstance(scrape, agent);
        AddPositions(scrape, agent);
        AddCluster(scrape, agent);
        AddOurs(scrape, agent);
        using var text = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(text, aborted);
        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    private static void AddInstance(Scrape scrape, AgentMoment agent)
    {
        var postgres = agent.Postgres;
        var role = agent.Role;
        scrape.Gauge("patroni_version", "Version of Patroni that the agent behaves as, two digits a part", PaddedVersion);
        scrape.Flag("patroni_postgres_running", "1 if PostgreSQL is running", agent.State == PublishedState.Running);
        scrape.Gauge("patroni_postmaster_start_time", "When PostgreSQL was started, epoch seconds; 0: unknown",
            agent.HasPositions ? EpochSeconds(postgres.PostmasterStartTime) : 0);
        scrape.Gauge("patroni_postgres_server_version", "Version number of the running server, or 0",
            agent.HasPositions ? postgres.ServerVersion : 0);
        scrape.Gauge("patroni_postgres_timeline", "Timeline of the running server, or 0",
            agent.HasPositions ? postgres.Timeline.Value : 0);
        scrape.Gauge("patroni_postgres_state", "Number of the state, 0 to 14; -1: unknown", StateNumber(agent));
        scrape.Flag("patroni_primary", "1 if this member is the primary", role == "primary");
        scrape.Flag("patroni_standby_leader", "1 if this member is the standby leader", role == "standby_leader");
        scrape.Flag("patroni_replica", "1 if this member is a replica", role == "replica");
        scrape.Flag("patroni_sync_standby", "1 if this member is a synchronous standby", agent.IsSyncStandby);
        scrape.Flag("patroni_quorum_standby", "1 if this member votes in the quorum", agent.IsQuorumStandby);
        scrape.Flag("patroni_pending_restart", "1 if a setting waits for a restart", postgres.PendingRestart.Count > 0);
    }

    private static void AddPositions(Scrape scrape, AgentMoment agent)
    {
        var postgres = agent.Postgres;
        var isStandby = agent.HasPositions && postgres.IsInRecovery;
        scrape.Counter("patroni_xlog_location", "WAL position of the primary in bytes; 0 on a replica",
            agent.HasPositions && !postgres.IsInRecovery ? postgres.FlushLsn : Lsn.Zero);
        scrape.Counter("patroni_xlog_received_location", "Received WAL position in bytes; 0 on a primary",
            isStandby ? postgres.ReceiveLsn : Lsn.Zero);
        scrape.Counter("patroni_xlog_replayed_location", "Replayed WAL position in bytes; 0 on a primary",
            isStandby ? postgres.ReplayLsn : Lsn.Zero);
        scrape.Gauge("patroni_xlog_replayed_timestamp", "Time of the last replayed transaction, epoch seconds; 0: none",
            isStandby ? EpochSeconds(postgres.ReplayTimestamp) : 0);
        scrape.Flag("patroni_xlog_paused", "1 if replay is paused", isStandby && postgres.IsReplayPaused);
        scrape.Flag("patroni_postgres_streaming", "1 if this member streams WAL",
            isStandby && postgres.ReplicationState == "streaming");
        scrape.Flag("patroni_postgres_in_archive_recovery", "1 if this member replays WAL from an archive",
            isStandby && postgres.ReplicationState == "in archive recovery");
    }

    private static void AddCluster(Scrape scrape, AgentMoment agent)
    {
        var (snapshot, tags) = (agent.Snapshot, agent.Snapshot.Local.Tags);
        scrape.Flag("patroni_cluster_unlocked", "1 if nobody holds the leader lock, or nobody knows",
            agent.View is not { Leader.IsAbsent: false });
        scrape.Flag("patroni_failsafe_mode_is_active", "1 if failsafe mode is active", snapshot.IsFailsafeActive(agent.Now));
        scrape.Flag("patroni_failsafe_mode_enabled", "1 if failsafe_mode is on", snapshot.Settings.FailsafeMode);
        scrape.Flag("patroni_failsafe_member", "1 if this member is in the failsafe key",
            agent.View?.Failsafe.Value?.ApiUrls.ContainsKey(snapshot.Name.Value) ?? false);
        scrape.Gauge("patroni_dcs_last_seen", "When the store last answered, epoch seconds",
            snapshot.ViewSeenAt?.ToUnixTimeSeconds() ?? 0);
        scrape.Flag("patroni_is_paused", "1 if the cluster is paused", agent.IsPaused);
        scrape.Gauge("patroni_failover_priority", "Priority of this member in a failover; 0: never",
            tags.MayFailover ? tags.FailoverPriority : 0);
    }

    private static void AddOurs(Scrape scrape, AgentMoment agent)
    {
        var cycle = agent.Snapshot.Cycle;
        scrape.Gauge("router_agent_lease_remaining_seconds", "How long the leader lock is safe; 0 without it",
            agent is { IsLeader: true, Lease: LeaseState.Held held } ? (held.SafeUntil - agent.Now).TotalSeconds : 0);
        scrape.Count("router_agent_cycles_total", "Decisions made since the agent began", cycle.Number);
        scrape.Gauge("router_agent_cycle_duration_seconds", "Duration of the last cycle", cycle.Duration.TotalSeconds);
        scrape.Gauge("router_agent_cycle_age_seconds", "Time since the last cycle ended",
            (agent.Now - cycle.EndedAt).TotalSeconds);
        scrape.OneOf("router_agent_guard_state", "1 at the guard's state", "state",
            ["missing", "disarmed", "armed", "fired"], GuardState(agent.Snapshot.Local.Guard));
        scrape.OneOf("router_agent_operation", "1 at the operation that runs", "operation",
            Enum.GetNames<OperationKind>(), agent.Snapshot.Local.Operation?.Kind.ToString());
    }

    private static string GuardState(GuardState state) => state switch
    {
        Cluster.Guarding.GuardState.Armed => "armed",
        Cluster.Guarding.GuardState.Disarmed => "disarmed",
        Cluster.Guarding.GuardState.Fired => "fired",
        _ => "missing",
    };

    private static double StateNumber(AgentMoment agent)
    {
        for (var number = 0; number < PublishedState.States.Count; number++)
        {
            if (PublishedState.States[number] == agent.State)
            {
                return number;
            }
        }

        return -1;
    }

    private static double EpochSeconds(DateTimeOffset? time) =>
        time is { } at ? (at - DateTimeOffset.UnixEpoch).TotalSeconds : 0;

    /// <summary>One scrape's samples, all with the labels of this member.</summary>
    private sealed class Scrape(MetricFactory factory, AgentMoment agent)
    {
        private readonly string[] _labels = [agent.Snapshot.Scope, agent.Snapshot.Name.Value];

        public void Gauge(string name, string help, double value) =>
            factory.CreateGauge(name, help, LabelNames).WithLabels(_labels).Set(value);

        public void Flag(string name, string help, bool value) => Gauge(name, help, value ? 1 : 0);

        public void Counter(string name, string help, Lsn value) => Count(name, help, value.Value);

        public void Count(string name, string help, double value) =>
            factory.CreateCounter(name, help, LabelNames).WithLabels(_labels).IncTo(value);

        public void OneOf(string name, string help, string label, IReadOnlyList<string> values, string? present)
        {
            var gauge = factory.CreateGauge(name, help, [.. LabelNames, label]);
            foreach (var value in values)
            {
                gauge.WithLabels([.. _labels, value]).Set(value == present ? 1 : 0);
            }
        }
    }
}
