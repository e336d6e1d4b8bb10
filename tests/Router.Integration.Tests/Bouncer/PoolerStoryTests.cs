using Router.Testing;

namespace Router.Integration.Tests.Bouncer;

/// <summary>A day in the life of a pooler that runs from a pgbouncer.ini: signals, reloads, pauses, ends.</summary>
[Trait("Category", "Integration")]
public sealed class PoolerStoryTests(BouncerServer server) : IClassFixture<BouncerServer>
{
    private const int HangUp = 1;
    private const int Interrupt = 2;
    private const int Quit = 3;
    private const int User1 = 10;
    private const int User2 = 12;
    private const int Terminate = 15;

    [Fact]
    public async Task USR1_pauses_and_USR2_resumes_and_no_client_hears_of_it()
    {
        using var pooler = await server.StartRouterAsync("pool_mode = transaction");
        Assert.Equal("1", await ScalarAsync(pooler, "SELECT 1"));
        pooler.Signal(User1);
        await UntilShownAsync(pooler, "SHOW STATE", "paused|yes");
        await UntilShownAsync(pooler, "SHOW SERVERS", "(0 rows)");
        var waiting = ScalarAsync(pooler, "SELECT 2");
        await UntilShownAsync(pooler, "SHOW POOLS", "db1|app|0|1|");
        pooler.Signal(User1);
        await UntilLoggedAsync(pooler, "LOG got SIGUSR1, but already paused/suspended");
        pooler.Signal(User2);
        Assert.Equal("2", await waiting);
        await UntilLoggedAsync(pooler, "LOG got SIGUSR2, continuing from pause");
    }

    [Fact]
    public async Task HUP_reads_the_file_again_and_a_broken_one_changes_nothing()
    {
        using var pooler = await server.StartRouterAsync("max_client_conn = 50");
        pooler.Write($"{server.Databases}\nnew = host=127.0.0.1 port={server.Port} dbname=postgres", "max_client_conn = 60\nlisten_backlog = 7");
        pooler.Signal(HangUp);
        await UntilShownAsync(pooler, "SHOW CONFIG", "max_client_conn|60|100|yes");
        await UntilLoggedAsync(pooler, "WARNING Changed, and in force after a restart of this process only: listen_backlog");
        Assert.Contains("(1 row)", (await pooler.PsqlAsync("app", "new", "SELECT 1")).Output, StringComparison.Ordinal);

        pooler.Write(server.Databases, "max_client_con = 70");
        Assert.Contains("RELOAD failed, see logs for additional details", await pooler.ShowAsync("RELOAD"), StringComparison.Ordinal);
        Assert.Contains("max_client_con: unknown key; did you mean 'max_client_conn'?", pooler.Log, StringComparison.Ordinal);
        Assert.Contains("max_client_conn|60|", await pooler.ShowAsync("SHOW CONFIG"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_goes_takes_its_clients_along_and_one_that_moves_does_not()
    {
        using var pooler = await server.StartRouterAsync("pool_mode = transaction");
        using var gone = pooler.Start("app", "db2", "SELECT pg_sleep(600)");
        await UntilShownAsync(pooler, "SHOW POOLS", "db2|forced|1|");
        var before = await ScalarAsync(pooler, "SELECT pg_backend_pid()");
        Assert.Equal(before, await ScalarAsync(pooler, "SELECT pg_backend_pid()"));

        pooler.Write($"db1 = host=localhost port={server.Port} dbname=postgres", "pool_mode = transaction");
        Assert.Equal("RELOAD\n", await pooler.ShowAsync("RELOAD"));
        Assert.Contains("database removed", await gone.StandardError.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Contains("no such database: db2", (await pooler.PsqlAsync("app", "db2", "SELECT 1")).Output, StringComparison.Ordinal);
        Assert.NotEqual(before, await ScalarAsync(pooler, "SELECT pg_backend_pid()"));
        await UntilLoggedAsync(pooler, "closing because: database configuration changed");
    }

    [Fact]
    public async Task The_user_list_is_read_again_when_it_is_written_and_its_beginning_counts()
    {
        using var pooler = await server.StartRouterAsync("auth_type = plain");
        Assert.Equal(2, (await pooler.PsqlAsync("late:late", "db2", "SELECT 1")).ExitCode);
        await File.WriteAllTextAsync(
            pooler.Users, BouncerServer.Users.TrimEnd() + "\n\"late\" \"late\"\nno quotes here\n\"never\" \"never\"\n");
        await pooler.UntilAsync(
            async () => (await pooler.PsqlAsync("late:late", "db2", "SELECT 1")).ExitCode == 0, "the new user is known");
        Assert.Contains("password authentication failed",
            (await pooler.PsqlAsync("never:never", "db2", "SELECT 1")).Output, StringComparison.Ordinal);
        Assert.Contains("from here on nothing of the file is in force", pooler.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TERM_waits_for_the_last_client_and_INT_for_the_last_server_connection()
    {
        using var patient = await server.StartRouterAsync();
        using var client = patient.Start("app", "db1", "SELECT pg_sleep(2), 'done'");
        await UntilShownAsync(patient, "SHOW POOLS", "db1|app|1|");
        patient.Signal(Terminate);
        await UntilLoggedAsync(patient, "LOG got SIGTERM, shutting down, waiting for all clients disconnect");
        Assert.Contains("done", await client.StandardOutput.ReadToEndAsync(), StringComparison.Ordinal);
        await patient.Process.WaitForExitAsync();
        Assert.Equal(0, patient.Process.ExitCode);
        Assert.False(File.Exists(patient.PidFile));

        using var brisk = await server.StartRouterAsync("pool_mode = transaction");
        Assert.Equal("1", await ScalarAsync(brisk, "SELECT 1"));
        brisk.Signal(Interrupt);
        await brisk.Process.WaitForExitAsync();
        Assert.Equal(0, brisk.Process.ExitCode);
    }

    [Fact]
    public async Task A_second_signal_means_now_and_QUIT_always_does()
    {
        foreach (var signals in new[] { new[] { Terminate, Terminate }, [Interrupt, Terminate], [Quit] })
        {
            using var pooler = await server.StartRouterAsync();
            using var client = pooler.Start("app", "db1", "SELECT pg_sleep(600)");
            await UntilShownAsync(pooler, "SHOW POOLS", "db1|app|1|");
            for (var i = 0; i < signals.Length; i++)
            {
                pooler.Signal(signals[i]);
                if (i + 1 < signals.Length)
                {
                    await UntilLoggedAsync(pooler, "shutting down");
                }
            }

            await pooler.Process.WaitForExitAsync();
            Assert.Equal(0, pooler.Process.ExitCode);
            await client.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task An_exporter_finds_what_it_asks_for()
    {
        using var pooler = await server.StartRouterAsync("ignore_startup_parameters = extra_float_digits");
        Assert.Equal("1", await ScalarAsync(pooler, "SELECT 1"));
        foreach (var (what, columns) in new[]
        {
            ("STATS", "total_xact_count|total_query_count|total_received|total_sent|total_xact_time|total_query_time|total_wait_time"),
            ("POOLS", "cl_active|cl_waiting|sv_active|sv_idle|sv_used|sv_tested|sv_login|maxwait|maxwait_us|pool_mode"),
            ("DATABASES", "max_connections|current_connections|paused|disabled"),
            ("STATS_TOTALS", "query_count|bytes_received|bytes_sent|xact_time|query_time|wait_time|client_parse_count"),
        })
        {
            var shown = (await pooler.ShowAsync("SHOW " + what)).Split('\n');
            Assert.Subset(shown[0].Split('|').ToHashSet(), columns.Split('|').ToHashSet());
            Assert.Contains(shown, static row => row.StartsWith("db1|", StringComparison.Ordinal));
        }

        foreach (var row in (await pooler.ShowAsync("SHOW LISTS")).Trim().Split('\n')[1..^1])
        {
            Assert.Matches("^[a-z_]+\\|[0-9]+$", row);
        }
    }

    [Fact]
    public async Task A_server_that_is_down_is_told_to_who_logs_in_and_waited_for_by_who_is_there()
    {
        using var pooler = await server.StartRouterAsync("server_login_retry = 600\nquery_wait_timeout = 1", "down = host=127.0.0.1 port=1");
        Assert.Contains("query_wait_timeout", (await pooler.PsqlAsync("app", "down", "SELECT 1")).Output, StringComparison.Ordinal);
        Assert.Contains("server login has been failing, cached error: connect failed (server_login_retry)",
            (await pooler.PsqlAsync("app", "down", "SELECT 1")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_cannot_be_says_why_and_fails()
    {
        using var pooler = await server.StartRouterAsync();
        var (exitCode, output) = await RouterCommand.RunAsync([.. RouterCommand.Router, "pgbouncer", pooler.Ini]);
        Assert.Equal(1, exitCode);
        Assert.Contains("FATAL pidfile exists, another instance running?", output, StringComparison.Ordinal);
        (exitCode, output) = await RouterCommand.RunAsync([.. RouterCommand.Router, "pgbouncer", "/nowhere.ini"]);
        Assert.Equal(1, exitCode);
        Assert.Matches("ERROR /nowhere.ini: there is no file /nowhere.ini\n.* FATAL cannot load config file", output);
        (exitCode, output) = await RouterCommand.RunAsync([.. RouterCommand.Router, "pgbouncer"]);
        Assert.Equal((1, "pgbouncer: no configuration file specified\nTry \"pgbouncer --help\" for more information.\n"), (exitCode, output));
    }

    [Fact]
    public async Task In_its_own_manner_the_same_file_is_served_with_codes_that_say_what_happened()
    {
        using var pooler = await PoolerProcess.StartAsync(
            [.. RouterCommand.Router, "proxy"], server.Databases, BouncerServer.Users, "");
        Assert.Contains("database \"nodb\" does not exist", (await pooler.PsqlAsync("app", "nodb", "SELECT 1")).Output, StringComparison.Ordinal);
        Assert.Equal("1", await ScalarAsync(pooler, "SELECT 1"));
    }

    [Fact]
    public async Task TLS_is_served_by_the_keys_of_the_file_and_demanded_where_it_says_so()
    {
        using var certificates = new TestCertificates();
        File.SetUnixFileMode(certificates.KeyFile, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        using var pooler = await server.StartRouterAsync($"""
            client_tls_sslmode = require
            client_tls_cert_file = {certificates.CertificateFile}
            client_tls_key_file = {certificates.KeyFile}
            """);
        Assert.Equal(0, (await pooler.PsqlAsync("app", "db1", "SELECT 1", "require")).ExitCode);
        await UntilLoggedAsync(pooler, "login attempt: db=db1 user=app tls=TLSv1.3");
        Assert.Contains("SSL required", (await pooler.PsqlAsync("app", "db1", "SELECT 1", "disable")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Servers_are_found_in_a_list_by_a_socket_by_a_pattern_and_before_a_client_comes()
    {
        var socket = server.Postgres.ConnectionString.Split(';')[0]["Host=".Length..];
        using var pooler = await server.StartRouterAsync("server_login_retry = 600\nautodb_idle_timeout = 600", $"""
            listed = host=127.0.0.2,127.0.0.1 port={server.Port} dbname=postgres
            socket = host={socket} port={server.Port} dbname=postgres
            ready = host=127.0.0.1 port={server.Port} dbname=postgres user=forced min_pool_size=2
            * = host=127.0.0.1 port={server.Port}
            """);
        await UntilShownAsync(pooler, "SHOW POOLS", "ready|forced|0|0|0|0|0|0|0|2|");
        foreach (var database in new[] { "listed", "socket", "postgres" })
        {
            var (_, output) = await pooler.PsqlAsync("app", database, "SELECT current_database()");
            Assert.Equal("current_database\npostgres\n(1 row)\n", output);
        }

        var shown = await pooler.ShowAsync("SHOW DATABASES");
        Assert.Contains($"listed|127.0.0.2,127.0.0.1|{server.Port}|postgres|", shown, StringComparison.Ordinal);
        Assert.Contains($"postgres|127.0.0.1|{server.Port}|postgres|", shown, StringComparison.Ordinal);
        Assert.Contains("database \"nothing\" does not exist",
            (await pooler.PsqlAsync("app", "nothing", "SELECT 1")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replication_passes_to_the_server_that_its_database_names()
    {
        // What pg_basebackup of this version calls its database, whatever it is told.
        using var pooler = await server.StartRouterAsync(
            "pool_mode = transaction\ndefault_pool_size = 2",
            $"""
            replication = host=127.0.0.1 port={server.Port} user=postgres connect_query='SELECT 1'
            none = host=127.0.0.1 port={server.Port} dbname=nowhere user=postgres
            """);
        var target = Path.Combine(pooler.Directory, "backup");
        var (exitCode, output) = await RouterCommand.RunAsync(
            "pg_basebackup", "-h", "127.0.0.1", "-p", $"{pooler.Port}", "-U", "app", "-D", target, "-X", "stream", "--checkpoint=fast");
        Assert.True(exitCode == 0, output);
        (exitCode, output) = await RouterCommand.RunAsync("/usr/lib/postgresql/15/bin/pg_verifybackup", target);
        Assert.True(exitCode == 0, output);
        Assert.DoesNotContain("connect_query", pooler.Log, StringComparison.Ordinal);
        (exitCode, output) = await RouterCommand.RunAsync(
            "pg_recvlogical", "-h", "127.0.0.1", "-p", $"{pooler.Port}", "-U", "app", "-d", "none", "--create-slot", "-S", "s", "-P", "test_decoding");
        Assert.Equal(1, exitCode);
        Assert.Contains("database \"nowhere\" does not exist", output, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task A_daemon_serves_as_another_account_before_its_parent_is_gone()
    {
        using var pooler = await server.StartRouterAsync();
        pooler.Signal(Quit);
        await pooler.Process.WaitForExitAsync();
        var (exitCode, output) = await RouterCommand.RunAsIsAsync([.. RouterCommand.Router, "pgbouncer", "-d", "-u", "postgres", pooler.Ini]);
        Assert.Equal((0, ""), (exitCode, output));
        Assert.Equal("1", await ScalarAsync(pooler, "SELECT 1"));
        pooler.Signal(Quit);
        await pooler.UntilAsync(() => Task.FromResult(!File.Exists(pooler.PidFile)), "the daemon has ended");
    }

    private static async Task<string> ScalarAsync(PoolerProcess pooler, string sql)
    {
        var (_, output) = await pooler.PsqlAsync("app", "db1", sql);
        return output.Split('\n') is [_, var value, "(1 row)", ""] ? value : output;
    }

    private static Task UntilShownAsync(PoolerProcess pooler, string sql, string words) => pooler.UntilAsync(
        async () => (await pooler.ShowAsync(sql)).Contains(words, StringComparison.Ordinal), $"{sql} shows {words}");

    private static Task UntilLoggedAsync(PoolerProcess pooler, string words) => pooler.UntilAsync(
        () => Task.FromResult(pooler.Log.Contains(words, StringComparison.Ordinal)), $"the log says {words}");
}
