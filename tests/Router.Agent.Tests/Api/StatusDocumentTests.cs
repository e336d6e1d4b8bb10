using System.Collections.Immutable;
using Router.Agent.Api;
using Router.Cluster;
using Router.Cluster.Local;
using Router.Testing.Api;

namespace Router.Agent.Tests.Api;

/// <summary>The body of /patroni, key by key in Patroni's order and text (rest-api.md 5).</summary>
public sealed class StatusDocumentTests
{
    private static readonly BootTime Now = new(TimeSpan.FromHours(1));
    private static readonly AgentSnapshots Snapshots = new(Now);

    [Fact]
    public void Primary_tells_its_location_and_its_walsenders() => Assert.Equal(
        """
        {"state": "running", "postmaster_start_time": "2026-11-23 01:19:20.700948+00:00", "role": "primary", "server_version": 150020, "xlog": {"location": 67381760}, "timeline": 2, "replication": [{"usename": "replicator", "application_name": "node2", "client_addr": "127.0.0.1", "state": "streaming", "sync_state": "async", "sync_priority": 0}], "dcs_last_seen": 1795396836, "database_system_identifier": "7711170303901652206", "patroni": {"version": "4.1.4", "scope": "demo", "name": "node1"}}
        """,
        Write(Snapshots.Primary(), Snapshots.Lease));

    [Fact]
    public void Replica_tells_both_positions_and_its_tags() => Assert.Equal(
        """
        {"state": "running", "postmaster_start_time": "2026-11-23 01:19:20+00:00", "role": "replica", "server_version": 150020, "xlog": {"received_location": 67381760, "replayed_location": 67380000, "replayed_timestamp": "2026-11-23 01:20:36.089763+00:00", "paused": false}, "timeline": 2, "replication_state": "streaming", "dcs_last_seen": 1795396836, "tags": {"failover_priority": 2, "zone": "z1"}, "database_system_identifier": "7711170303901652206", "patroni": {"version": "4.1.4", "scope": "demo", "name": "node1"}}
        """,
        Write(Tagged(Snapshots.Replica())));

    [Fact]
    public void Sync_standby_is_named_between_xlog_and_timeline() => Assert.Contains(
        "\"paused\": false}, \"sync_standby\": true, \"timeline\": 2, ", Write(Snapshots.SyncStandby()));

    [Fact]
    public void Crashed_instance_tells_no_positions() => Assert.Equal(
        """
        {"state": "crashed", "role": "primary", "dcs_last_seen": 1795396836, "database_system_identifier": "7711170303901652206", "patroni": {"version": "4.1.4", "scope": "demo", "name": "node1"}}
        """,
        Write(Snapshots.Crashed(), Snapshots.Lease));

    [Fact]
    public void Instance_that_does_not_answer_is_unknown()
    {
        var primary = Snapshots.Primary();
        var hung = primary.Local with { Postgres = primary.Postgres with { State = PostgresState.Hung } };

        Assert.StartsWith("{\"state\": \"unknown\", \"role\": \"primary\", ", Write(primary with { Local = hung }));
    }

    [Fact]
    public void Hand_over_hides_the_positions()
    {
        var primary = Snapshots.Primary();
        var stopping = primary.Local with { Operation = new RunningOperation(OperationKind.HandOver, Now) };

        Assert.StartsWith("{\"state\": \"stopping\", \"role\": \"primary\", ", Write(primary with { Local = stopping }));
    }

    [Fact]
    public void Rare_keys_come_in_their_order()
    {
        var replica = Snapshots.Replica();
        var pending = replica.Postgres with { PendingRestart = [new PendingSetting("max_connections", "30", "40")] };
        var snapshot = replica with
        {
            Local = replica.Local with { Postgres = pending },
            Settings = HaSettings.Default with { Pause = true },
            View = null,
            FailsafeUntil = Now + TimeSpan.FromSeconds(1),
            WatchdogFailed = true,
            ScheduledRestart = new RestartSchedule(
                new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero), new RestartFilter(Role: "replica", IsPendingOnly: true), null),
        };

        Assert.EndsWith(
            """
            "pause": true, "cluster_unlocked": true, "failsafe_mode_is_active": true, "dcs_last_seen": 1795396836, "database_system_identifier": "7711170303901652206", "pending_restart": true, "pending_restart_reason": {"max_connections": {"old_value": "30", "new_value": "40"}}, "patroni": {"version": "4.1.4", "scope": "demo", "name": "node1"}, "scheduled_restart": {"schedule": "2030-01-01T00:00:00+00:00", "role": "replica", "restart_pending": true}, "watchdog_failed": true}
            """,
            Write(snapshot));
    }

    [Fact]
    public void Text_beyond_ascii_is_escaped_as_Python_does() =>
        Assert.Contains("\"scope\": \"z\\u00fcrich\\n\\u001f\"", Write(Snapshots.Primary() with { Scope = "zürich\n\u001f" }));

    private static AgentSnapshot Tagged(AgentSnapshot snapshot) => snapshot with
    {
        Local = snapshot.Local with
        {
            Tags = new MemberTags
            {
                Published = ImmutableSortedDictionary<string, string>.Empty
                    .Add("failover_priority", "2").Add("zone", "\"z1\""),
            },
        },
    };

    private static string Write(AgentSnapshot snapshot, LeaseState? lease = null) =>
        PythonJson.Write(StatusDocument.Build(new AgentMoment(snapshot, lease ?? new LeaseState.None(), Now)));
}
