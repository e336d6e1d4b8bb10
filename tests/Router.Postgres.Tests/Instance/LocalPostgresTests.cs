using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Router.Cluster;
using Router.Cluster.Local;
using Router.Postgres.Options;
using static Router.Postgres.Tests.Instance.ScratchMember;

namespace Router.Postgres.Tests.Instance;

/// <summary>The local instance against PostgreSQL 15. Run as user postgres: see <see cref="AsUserPostgresTests"/>.</summary>
[Trait("Category", "Integration")]
public sealed class LocalPostgresTests
{
    private static readonly TimeSpan StopBound = TimeSpan.FromSeconds(60);

    [UnprivilegedFact]
    public async Task Bootstrap_leaves_a_primary_with_its_users_and_no_password_in_any_log()
    {
        await using var a = await BootstrapAsync("a", options => options with
        {
            Bootstrap = new() { PostBootstrap = "/usr/lib/postgresql/15/bin/psql -c 'CREATE TABLE made (x int)'" },
        });

        var facts = await a.ProbeAsync();
        Assert.True(facts is { State: PostgresState.Running, IsInRecovery: false, DataDirectory: DataDirectoryState.Valid });
        Assert.Equal(new Timeline(1), facts.Timeline);
        Assert.True(facts.FlushLsn > Lsn.Zero);
        Assert.Empty(facts.PendingRestart);
        Assert.Equal("t t on 30 0", await a.SqlAsync("""
            SELECT concat_ws(' ', (SELECT rolreplication FROM pg_roles WHERE rolname = 'replicator'),
                has_function_privilege('rewinder', 'pg_read_binary_file(text)', 'EXECUTE'),
                current_setting('data_checksums'), current_setting('max_connections'), (SELECT count(*) FROM made))
            """));
        var access = await File.ReadAllTextAsync(Path.Combine(a.Options.DataDirectory, "pg_hba.conf"));
        Assert.DoesNotContain("trust", access, StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(a.Options.DataDirectory))
        {
            var text = await File.ReadAllTextAsync(file);
            Assert.DoesNotContain("rep-pass", text, StringComparison.Ordinal);
            Assert.DoesNotContain("with'odd", text, StringComparison.Ordinal);
        }
    }

    [UnprivilegedFact]
    public async Task Failed_bootstrap_command_leaves_an_incomplete_directory_that_is_filled_anew()
    {
        await using var a = new ScratchMember("a", options => options with
        {
            Bootstrap = new() { PostBootstrap = "exit 7 #" },
        });

        var failed = await a.Postgres.BootstrapAsync(default);

        Assert.False(failed.IsSuccess);
        Assert.Contains("7", failed.Reason, StringComparison.Ordinal);
        var facts = await a.ProbeAsync();
        Assert.Equal((DataDirectoryState.HalfMade, PostgresState.Stopped), (facts.DataDirectory, facts.State));
        Assert.False((await a.Postgres.StartAsPrimaryAsync(default)).IsSuccess);
        await using var source = await BootstrapAsync("b");
        await Succeeds(a.Postgres.CloneAsync(source.Target, default));
        Assert.Equal(DataDirectoryState.Valid, (await a.ProbeAsync()).DataDirectory);
    }

    [UnprivilegedFact]
    public async Task Copy_streams_through_its_slot_under_its_own_name()
    {
        await using var a = await BootstrapAsync("a");
        await using var b = await CloneAsync("b", a);
        await Succeeds(a.Postgres.ReconcileSlotsAsync(["b"], [], default));

        await Succeeds(b.Postgres.FollowAsync(a.Target with { SlotName = "b" }, default));

        var primary = await a.UntilAsync(
            facts => facts.Slots.Any(slot => slot is { Name: "b", IsActive: true }), "b uses its slot");
        Assert.Contains(
            primary.Standbys, s => s is { ApplicationName: "b", State: "streaming", UserName: "replicator" });
        var standby = await b.UntilAsync(
            facts => facts is { ReplicationState: "streaming" } && facts.ReplayLsn >= primary.FlushLsn, "b caught up");
        Assert.Equal(a.Target with { SlotName = "b" }, standby.Following);
        Assert.True(standby is { IsInRecovery: true, HasStandbySignal: true, IsPrimary: false });
        Assert.Equal(primary.Identifier, standby.Identifier);
        Assert.False((await b.Postgres.StartAsPrimaryAsync(default)).IsSuccess);
    }

    [UnprivilegedFact]
    public async Task Switchover_there_and_back_follows_without_a_rewind()
    {
        await using var a = await BootstrapAsync("a");
        await using var b = await CloneAsync("b", a);
        await a.UntilAsync(facts => facts.Standbys.Count == 1, "b streams");
        await Succeeds(a.Postgres.StopAsync(StopMode.Fast, StopBound, default));
        var stopped = await a.ProbeAsync();
        Assert.True(stopped is { State: PostgresState.Stopped, Control.IsCleanPrimaryShutdown: true });
        var received = await b.ProbeAsync();
        Assert.True(received.Position > stopped.Control!.CheckpointLsn);

        await Succeeds(b.Postgres.PromoteAsync(default));

        var comparison = await a.Postgres.CompareHistoryAsync(b.Target, default);
        Assert.True(comparison.Verdict == HistoryVerdict.CanFollow, comparison.Reason);
        await Succeeds(a.Postgres.StartAsStandbyAsync(b.Target, default));
        await a.UntilAsync(facts => facts is { ReplicationState: "streaming", Timeline.Value: 2 }, "a follows b");
        var history = await b.Postgres.ReadHistoryAsync(default);
        Assert.Equal(new Timeline(2), history.CurrentTimeline);
        Assert.NotNull(Assert.Single(history.Lines).Timestamp);
    }

    [UnprivilegedFact]
    public async Task Hand_over_under_load_loses_no_acknowledged_commit()
    {
        await using var a = await BootstrapAsync("a");
        await using var b = await CloneAsync("b", a);
        await a.UntilAsync(facts => facts.Standbys.Count == 1, "b streams");
        _ = await a.SqlAsync("CREATE TABLE t (x int)");
        await MoveAsync(a, b, firstClient: 1);
        await Succeeds(a.Postgres.StartAsStandbyAsync(b.Target, default));
        await b.UntilAsync(facts => facts.Standbys.Any(s => s.State == "streaming"), "a streams");
        await MoveAsync(b, a, firstClient: 11);
    }

    [UnprivilegedFact]
    public async Task Diverged_primary_is_rewound_and_streams()
    {
        await using var a = await BootstrapAsync("a");
        await using var b = await CloneAsync("b", a);
        await a.UntilAsync(facts => facts.Standbys.Count == 1, "b streams");
        await Succeeds(b.Postgres.PromoteAsync(default));
        _ = await b.SqlAsync("CREATE TABLE ours (x int); CHECKPOINT");
        _ = await a.SqlAsync("CREATE TABLE lost (x int)");
        _ = await a.Postgres.ProbeAsync(default);
        await Succeeds(a.Postgres.FenceAsync(default));
        await a.UntilAsync(facts => facts.State == PostgresState.Stopped, "a is stopped");
        var comparison = await a.Postgres.CompareHistoryAsync(b.Target, default);
        Assert.True(comparison.Verdict == HistoryVerdict.Diverged, comparison.Reason);

        await Succeeds(a.Postgres.RewindAsync(b.Target, default));

        await Succeeds(a.Postgres.StartAsStandbyAsync(b.Target, default));
        await a.UntilAsync(facts => facts.ReplicationState == "streaming", "a streams");
        var leader = await b.ProbeAsync();
        await a.UntilAsync(facts => facts.ReplayLsn >= leader.FlushLsn, "a caught up");
        Assert.Equal(
            "ours", await a.SqlAsync("SELECT string_agg(relname, ' ') FROM pg_class WHERE relname IN ('ours', 'lost')"));
        Assert.Equal(a.Options.Port.ToString(CultureInfo.InvariantCulture), await a.SqlAsync("SHOW port"));
    }

    [UnprivilegedFact]
    public async Task Frozen_instance_counts_as_hung_and_as_running_once_it_goes_on()
    {
        await using var a = await BootstrapAsync("a");
        Assert.Equal(PostgresState.Running, (await a.ProbeAsync()).State);
        var postmaster = a.PostmasterPid;
        var children = ChildrenOf(postmaster);

        Signal("STOP", [postmaster, .. children]);
        var watch = Stopwatch.StartNew();
        var hung = await a.ProbeAsync();
        Assert.True(hung is { State: PostgresState.Hung, IsPrimary: true });
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"took {watch.Elapsed}");
        Signal("CONT", [.. children, postmaster]);

        await a.UntilAsync(facts => facts.State == PostgresState.Running, "it runs again");
        Signal("STOP", [postmaster]);
        await a.UntilAsync(facts => facts.State == PostgresState.Hung, "a postmaster that is stopped alone counts too");
        Signal("CONT", [postmaster]);
        await a.UntilAsync(facts => facts.State == PostgresState.Running, "it runs again");
    }

    [UnprivilegedFact]
    public async Task Probe_answers_while_clients_hold_every_connection()
    {
        await using var a = await BootstrapAsync("a");
        _ = await a.SqlAsync("CREATE ROLE app LOGIN PASSWORD 'app'");
        var app = new NpgsqlConnectionStringBuilder(a.ConnectionString) { Username = "app", Password = "app" };
        var held = new List<NpgsqlConnection>();
        try
        {
            while (true)
            {
                var connection = new NpgsqlConnection(app.ConnectionString);
                held.Add(connection);
                await connection.OpenAsync();
            }
        }
        catch (PostgresException e) when (e.SqlState == "53300")
        {
        }

        await a.ReplaceAgentAsync();
        Assert.Equal(PostgresState.Running, (await a.ProbeAsync()).State);
        foreach (var connection in held)
        {
            await connection.DisposeAsync();
        }
    }

    [UnprivilegedFact]
    public async Task New_agent_adopts_the_running_server_and_changes_nothing()
    {
        await using var a = await BootstrapAsync("a");
        await using var b = await CloneAsync("b", a);
        await Succeeds(a.Postgres.SetSynchronousNamesAsync("FIRST 1 (\"b\")", default));
        var path = Path.Combine(a.Options.DataDirectory, "postgresql.conf");
        var (pid, conf) = (a.PostmasterPid, await File.ReadAllTextAsync(path));

        await a.ReplaceAgentAsync();
        await b.ReplaceAgentAsync();
        await Succeeds(a.Postgres.ConfigureAsync(Config, default));
        await Succeeds(b.Postgres.ConfigureAsync(Config, default));

        var facts = await a.ProbeAsync();
        Assert.Equal((PostgresState.Running, "FIRST 1 (\"b\")"), (facts.State, facts.SynchronousStandbyNames));
        Assert.Equal(pid, a.PostmasterPid);
        Assert.Equal(conf, await File.ReadAllTextAsync(path));
        Assert.Equal(a.Target, (await b.ProbeAsync()).Following);
        await a.UntilAsync(seen => seen.Standbys.Any(s => s.SyncState == "sync"), "b is synchronous");
    }

    [UnprivilegedFact]
    public async Task Wrong_password_of_the_superuser_is_told_in_PostgreSQLs_words()
    {
        await using var a = await BootstrapAsync("a");
        var wrong = a.Options with { Superuser = new PostgresCredentials("admin", "not this one") };
        await using var agent = new LocalPostgres(wrong, TimeProvider.System, NullLogger.Instance);

        var facts = await agent.ProbeAsync(default);

        Assert.Equal(PostgresState.Refusing, facts.State);
        Assert.StartsWith("28P01: ", facts.Refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("not this one", facts.Refusal, StringComparison.Ordinal);
        Assert.Null((await a.ProbeAsync()).Refusal);
    }

    [UnprivilegedFact]
    public async Task Changed_settings_wait_for_a_restart_and_unknown_ones_are_left_out()
    {
        await using var a = await BootstrapAsync("a");
        const string Next = """
            {"postgresql": {"parameters": {"max_connections": 40, "shared_buffers": "16MB", "work_mem": "5MB",
             "no_such_parameter": 1}}}
            """;

        var reason = await Succeeds(a.Postgres.ConfigureAsync(Next, default));

        Assert.Contains("no_such_parameter", reason, StringComparison.Ordinal);
        var facts = await a.UntilAsync(seen => seen.PendingRestart.Count == 1, "max_connections waits");
        Assert.Equal(new PendingSetting("max_connections", "30", "40"), Assert.Single(facts.PendingRestart));
        Assert.Equal("5MB", await a.SqlAsync("SHOW work_mem"));
        await Succeeds(a.Postgres.RestartAsync(default));
        Assert.Equal("40", await a.SqlAsync("SHOW max_connections"));
        Assert.Empty((await a.ProbeAsync()).PendingRestart);
    }

    [UnprivilegedFact]
    public async Task Immediate_stop_needs_recovery_and_the_restart_keeps_committed_rows()
    {
        await using var a = await BootstrapAsync("a");
        _ = await a.SqlAsync("CREATE TABLE t AS SELECT generate_series(1, 100) AS x");
        await Succeeds(a.Postgres.StopAsync(StopMode.Immediate, StopBound, default));
        var stopped = await a.ProbeAsync();
        Assert.Equal("in production", stopped.Control?.State);

        await Succeeds(a.Postgres.StartAsPrimaryAsync(default));

        Assert.Equal("100", await a.SqlAsync("SELECT count(*) FROM t"));
    }

    [UnprivilegedFact]
    public async Task Unusable_directories_are_named_and_stay_untouched()
    {
        await using var a = new ScratchMember("a");
        Directory.CreateDirectory(a.Options.DataDirectory);
        await File.WriteAllTextAsync(Path.Combine(a.Options.DataDirectory, "letter.txt"), "mine");

        var foreign = await a.ProbeAsync();
        Assert.Equal(DataDirectoryState.Unusable, foreign.DataDirectory);
        Assert.Contains("letter.txt", foreign.DataDirectoryReason, StringComparison.Ordinal);
        Assert.False((await a.Postgres.BootstrapAsync(default)).IsSuccess);
        Assert.False((await a.Postgres.CloneAsync(a.Target, default)).IsSuccess);

        await File.WriteAllTextAsync(Path.Combine(a.Options.DataDirectory, "PG_VERSION"), "9\n");
        Assert.Contains("PostgreSQL 9", (await a.ProbeAsync()).DataDirectoryReason, StringComparison.Ordinal);
        Assert.False((await a.Postgres.StartAsPrimaryAsync(default)).IsSuccess);
        Assert.Equal(
            ["PG_VERSION", "letter.txt"],
            Directory.EnumerateFileSystemEntries(a.Options.DataDirectory).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(a.Options.DataDirectory, "letter.txt")));
    }

    [UnprivilegedFact]
    public async Task Unreachable_source_fails_with_a_sentence_and_leaves_an_incomplete_directory()
    {
        await using var a = new ScratchMember("a");
        await using var b = new ScratchMember("b");

        var result = await a.Postgres.CloneAsync(b.Target, default);

        Assert.False(result.IsSuccess);
        Assert.Contains("refused", result.Reason, StringComparison.Ordinal);
        Assert.Equal(DataDirectoryState.HalfCopied, (await a.ProbeAsync()).DataDirectory);
    }

    [UnprivilegedFact]
    public async Task Start_of_a_broken_configuration_fails_with_the_servers_words()
    {
        await using var a = await BootstrapAsync("a");
        await Succeeds(a.Postgres.StopAsync(StopMode.Fast, StopBound, default));
        await Succeeds(a.Postgres.ConfigureAsync(
            """{"postgresql": {"parameters": {"shared_preload_libraries": "no_such_library"}}}""", default));

        var result = await a.Postgres.StartAsPrimaryAsync(default);

        Assert.False(result.IsSuccess);
        Assert.Contains("no_such_library", result.Reason, StringComparison.Ordinal);
    }

    [UnprivilegedFact]
    public async Task Postmaster_has_its_own_session_and_none_of_our_descriptors()
    {
        await using var a = await BootstrapAsync("a");
        var pid = a.PostmasterPid;

        // pid (name) state parent group session
        var stat = (await File.ReadAllTextAsync($"/proc/{pid}/stat")).Split(") ")[1].Split(' ');
        Assert.Equal(pid.ToString(CultureInfo.InvariantCulture), stat[3]);
        var targets = Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd")
            .Select(fd => new FileInfo(fd).LinkTarget).ToList();
        Assert.DoesNotContain(targets, target => target?.Contains(".dll", StringComparison.Ordinal) == true);
        Assert.Contains(targets, target => target?.EndsWith("postmaster.log", StringComparison.Ordinal) == true);
        var status = await File.ReadAllLinesAsync($"/proc/{pid}/status");
        Assert.Contains("SigBlk:\t0000000000000000", status);
        var variables = await File.ReadAllTextAsync($"/proc/{pid}/environ");
        Assert.Contains("PG_OOM_ADJUST_FILE=/proc/self/oom_score_adj", variables, StringComparison.Ordinal);
        Assert.DoesNotContain("\0DOTNET_", variables, StringComparison.Ordinal);
    }

    private static async Task MoveAsync(ScratchMember from, ScratchMember to, int firstClient)
    {
        using var stopping = new CancellationTokenSource();
        var clients = Enumerable.Range(firstClient, 4)
            .Select(client => InsertAsync(from, client, stopping.Token)).ToArray();
        await from.UntilAsync(facts => facts.IsPrimary, "it is probed under load");
        var before = (await from.ProbeAsync()).FlushLsn;
        await from.UntilAsync(facts => facts.FlushLsn.Value > before.Value + 20_000, "clients write");
        await Succeeds(from.Postgres.StopAsync(StopMode.Fast, StopBound, default));
        var end = (await from.ProbeAsync()).Control!.CheckpointLsn;
        await to.UntilAsync(facts => facts.Position > end, "the shutdown checkpoint was received");
        await stopping.CancelAsync();
        var acknowledged = (await Task.WhenAll(clients)).SelectMany(rows => rows).ToList();
        await Succeeds(to.Postgres.PromoteAsync(default));

        Assert.NotEmpty(acknowledged);
        var found = await to.SqlAsync(
            $"SELECT count(DISTINCT x) FROM t WHERE x IN ({string.Join(',', acknowledged)})");
        Assert.Equal(acknowledged.Count.ToString(CultureInfo.InvariantCulture), found);
    }

    /// <summary>Inserts until the server is gone; answers the rows whose commit was acknowledged.</summary>
    private static async Task<List<int>> InsertAsync(ScratchMember member, int client, CancellationToken stopping)
    {
        var acknowledged = new List<int>();
        for (var row = client * 1_000_000; !stopping.IsCancellationRequested; row++)
        {
            try
            {
                _ = await member.SqlAsync(string.Create(CultureInfo.InvariantCulture, $"INSERT INTO t VALUES ({row})"));
                acknowledged.Add(row);
            }
            catch (NpgsqlException)
            {
                // Ended, read-only or refused: not acknowledged.
            }
        }

        return acknowledged;
    }

    private static void Signal(string name, IEnumerable<int> pids)
    {
        var arguments = pids.Select(pid => pid.ToString(CultureInfo.InvariantCulture));
        using var process = Process.Start(new ProcessStartInfo("kill", ["-s", name, .. arguments]))!;
        process.WaitForExit();
    }

    private static int[] ChildrenOf(int pid) =>
    [
        .. File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(text => int.Parse(text, CultureInfo.InvariantCulture)),
    ];
}
