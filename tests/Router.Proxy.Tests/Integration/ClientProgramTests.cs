using System.Text.RegularExpressions;
using Npgsql;

namespace Router.Proxy.Tests.Integration;

[Trait("Category", "Integration")]
public sealed partial class ClientProgramTests(RealServer server) : IClassFixture<RealServer>
{
    [Fact]
    public async Task Psql_gets_its_answer() =>
        Assert.Equal("42\n", await server.RunAsync("psql", "-XAtc \"SELECT 6 * 7\""));

    [Fact]
    public async Task Psql_with_encryption_preferred_is_told_no_and_goes_on() =>
        Assert.Equal("f\n", await server.RunAsync(
            "psql",
            "-XAt \"sslmode=prefer gssencmode=prefer\" -c \"SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()\""));

    [Fact]
    public async Task Startup_parameters_reach_the_server() =>
        Assert.Equal("tool|17MB\n", await server.RunAsync(
            "psql",
            "-XAt \"application_name=tool options='-c work_mem=17MB'\" -c "
            + "\"SELECT current_setting('application_name'), current_setting('work_mem')\""));

    [Theory]
    [InlineData("simple")]
    [InlineData("extended")]
    [InlineData("prepared")]
    public async Task Pgbench_finishes_without_an_error(string mode)
    {
        var database = "bench_" + mode;
        await server.RunAsync("psql", $"-Xqc \"CREATE DATABASE {database}\"");
        await server.RunAsync("pgbench", $"-iq -s 1 {database}");
        var report = await server.RunAsync("pgbench", $"-M {mode} -c 8 -j 2 -t 200 {database}");
        Assert.Contains("number of transactions actually processed: 1600/1600", report, StringComparison.Ordinal);
        Assert.Contains("number of failed transactions: 0", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pg_dump_gives_the_same_dump_as_without_the_proxy()
    {
        await server.RunAsync("psql", "-Xqc \"CREATE DATABASE dumped\"");
        await server.RunAsync("pgbench", "-iq -s 1 dumped");
        var through = await server.RunAsync("pg_dump", "dumped");
        var direct = await server.RunAsync("pg_dump", $"-p {server.Port} dumped");
        Assert.Equal(WithoutRestrictKey(direct), WithoutRestrictKey(through));
    }

    [Fact]
    public async Task A_replication_connection_is_relayed()
    {
        var identified = await server.RunAsync("psql", "-XAt \"replication=database\" -c IDENTIFY_SYSTEM");
        Assert.EndsWith("|postgres\n", identified, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Psql_cancels_its_query()
    {
        using var psql = server.Start("psql", "-Xc \"SELECT pg_sleep(60)\"");
        await SeeAsync("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60)%'", "1");
        using (var kill = System.Diagnostics.Process.Start("kill", $"-INT {psql.Id}"))
        {
            await kill.WaitForExitAsync();
        }

        var error = await psql.StandardError.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Contains("canceling statement due to user request", error, StringComparison.Ordinal);
        Assert.True(server.Proxy.Server.Snapshot().CancelsForwardedTotal > 0);
    }

    [Fact]
    public async Task A_cancel_request_reaches_the_backend_of_its_own_client_only()
    {
        using var cancelled = server.Start("psql", "-Xc \"SELECT pg_sleep(62), 'cancelled'\"");
        using var left = server.Start("psql", "-Xc \"SELECT pg_sleep(62), 'left alone'\"");
        await SeeAsync("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(62)%'", "2");
        using (var kill = System.Diagnostics.Process.Start("kill", $"-INT {cancelled.Id}"))
        {
            await kill.WaitForExitAsync();
        }

        await cancelled.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("SELECT pg_sleep(62), 'left alone'", await server.Postgres.ScalarAsync(
            "SELECT query FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(62)%' AND state = 'active'"));
        await server.Postgres.ScalarAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(62)%'");
        await left.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Pgbench_pipelines_its_requests()
    {
        var script = Path.GetTempFileName();
        await File.WriteAllTextAsync(script, "\\startpipeline\nSELECT 1;\nSELECT 2;\nSELECT 3;\n\\endpipeline\n");
        var report = await server.RunAsync("pgbench", $"-n -M extended -c 4 -t 100 -f {script}");
        File.Delete(script);
        Assert.Contains("number of transactions actually processed: 400/400", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pg_receivewal_streams_through_the_proxy()
    {
        var directory = Directory.CreateTempSubdirectory("router-receivewal-");
        await server.Postgres.ScalarAsync("SELECT pg_logical_emit_message(false, 'proxy', repeat('x', 100000))");
        var end = await server.Postgres.ScalarAsync("SELECT pg_current_wal_flush_lsn()");
        await server.RunAsync("pg_receivewal", $"-D {directory.FullName} --no-loop --no-sync --endpos={end}");
        Assert.NotEmpty(directory.GetFiles());
        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Npgsql_cancels_its_query()
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT pg_sleep(61)", connection);
        var running = command.ExecuteNonQueryAsync();
        await SeeAsync("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(61)%'", "1");
        command.Cancel();
        var failure = await Assert.ThrowsAsync<OperationCanceledException>(() => running);
        Assert.Equal(PostgresErrorCodes.QueryCanceled, ((PostgresException?)failure.InnerException)?.SqlState);
    }

    [Fact]
    public async Task A_login_with_scram_passes_through()
    {
        await server.RunAsync("psql", "-Xq", "SET password_encryption = 'scram-sha-256'; CREATE ROLE secret LOGIN PASSWORD 'p';");
        var hba = server.Postgres.DataDirectory + "/pg_hba.conf";
        await File.WriteAllTextAsync(
            hba, "host all secret 127.0.0.1/32 scram-sha-256\n" + await File.ReadAllTextAsync(hba));
        await server.RunAsync("psql", "-Xqc \"SELECT pg_reload_conf()\"");
        Assert.Equal("secret\n", await server.RunAsync("psql", "-XAt \"user=secret password=p\" -c \"SELECT current_user\""));
        var (exitCode, _, error) = await server.TryRunAsync("psql", "-XAt \"user=secret password=wrong\" -c \"SELECT 1\"");
        Assert.Equal(2, exitCode);
        Assert.Contains("password authentication failed", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipeline_of_many_requests_is_answered_in_full()
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var batch = new NpgsqlBatch(connection);
        for (var i = 0; i < 500; i++)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT repeat('x', 2000), $1") { Parameters = { new() { Value = i } } });
        }

        await using var reader = await batch.ExecuteReaderAsync();
        var results = 0;
        do
        {
            Assert.True(await reader.ReadAsync());
            Assert.Equal(results++, reader.GetInt32(1));
        }
        while (await reader.NextResultAsync());

        Assert.Equal(500, results);
    }

    private async Task SeeAsync(string sql, string expected)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await server.Postgres.ScalarAsync(sql) != expected)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), bound.Token);
        }
    }

    /// <summary>Newer minor versions write a random key into each dump.</summary>
    private static string WithoutRestrictKey(string dump) => RestrictKey().Replace(dump, "");

    [GeneratedRegex(@"^\\(un)?restrict .*$", RegexOptions.Multiline)]
    private static partial Regex RestrictKey();
}
