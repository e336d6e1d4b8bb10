using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Router.Integration.Tests.Drivers;

/// <summary>PostgreSQL's own programs through a transaction pool whose server connections change.</summary>
[Trait("Category", "Integration")]
public sealed partial class ProgramTests(DriverServer server) : IClassFixture<DriverServer>
{
    private static readonly Dictionary<string, string> NoEnvironment = [];

    [Fact]
    public async Task Pgbench_fills_its_tables_and_runs_in_every_protocol()
    {
        await RunAsync("pgbench", "-iq", "-s", "1");

        // A thread for each client: one that prepares waits, and what its thread holds meanwhile nobody gets.
        foreach (var mode in new[] { "simple", "extended", "prepared" })
        {
            var report = await RunAsync("pgbench", "-n", "-M", mode, "-c", "5", "-j", "5", "-t", "60");
            Assert.Contains("number of transactions actually processed: 300/300", report, StringComparison.Ordinal);
            Assert.Contains("number of failed transactions: 0", report, StringComparison.Ordinal);
        }

        var connecting = await RunAsync("pgbench", "-n", "-S", "-C", "-c", "4", "-t", "20");
        Assert.Contains("number of failed transactions: 0", connecting, StringComparison.Ordinal);
        await server.CheckChurnAsync();
    }

    [Fact]
    public async Task A_dump_is_the_same_and_is_restored_by_two_workers_and_leaves_nothing_behind()
    {
        await RunAsync("psql", "-Xqc", """
            CREATE TABLE kept (id serial PRIMARY KEY, v text); INSERT INTO kept (v) SELECT 'v' || n FROM generate_series(1, 5000) n;
            CREATE TABLE also AS SELECT * FROM kept; CREATE INDEX ON also (v); CREATE VIEW seen AS SELECT count(*) FROM kept;
            """);
        var direct = await server.RunAsync(
            isPooled: false, NoEnvironment, "pg_dump", "-t", "kept", "-t", "also", "-t", "seen", DriverServer.PooledDatabase);
        var pooled = await RunAsync("pg_dump", "-t", "kept", "-t", "also", "-t", "seen");
        Assert.Equal(WithoutRestrictKey(direct.Seen), WithoutRestrictKey(pooled));
        Assert.Equal("\"$user\", public\n", await RunAsync("psql", "-XAtc", "SHOW search_path"));

        var file = Path.GetTempFileName();
        await RunAsync("pg_dump", "-Fc", "-f", file, "-t", "kept", "-t", "also", "-t", "seen");
        await RunAsync("psql", "-Xqc", "DROP VIEW seen; DROP TABLE kept, also");
        await RunAsync("pg_restore", "-j", "2", "-d", DriverServer.PooledDatabase, file);
        File.Delete(file);
        Assert.Equal("5000|5000\n", await RunAsync("psql", "-XAtc", "SELECT (TABLE seen), (SELECT count(*) FROM also)"));
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal("\"$user\", public\n", await RunAsync("psql", "-XAtc", "SHOW search_path"));
        }

        await server.CheckChurnAsync();
    }

    [Fact]
    public async Task Psql_is_interrupted_and_the_next_client_is_not()
    {
        using var psql = server.Start(isPooled: true, NoEnvironment, "psql", "-XAtc", "SELECT pg_sleep(61)");
        while (await RunAsync("psql", "-XAtc", "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(61)'") != "1\n")
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }

        using (var kill = Process.Start("kill", ["-INT", $"{psql.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        var run = await DriverRun.OfAsync(psql);
        Assert.Contains("canceling statement due to user request", run.Errors, StringComparison.Ordinal);
        Assert.Equal("1\n", await RunAsync("psql", "-XAtc", "SELECT 1"));
        await server.CheckChurnAsync();
    }

    private async Task<string> RunAsync(params string[] command)
    {
        var run = await server.RunAsync(isPooled: true, NoEnvironment, command);
        Assert.True(run.ExitCode == 0, $"{string.Join(' ', command)}\n{run.Seen}\n{run.Errors}");
        return run.Seen;
    }

    /// <summary>Newer minor versions write a random key into each dump.</summary>
    private static string WithoutRestrictKey(string dump) => RestrictKey().Replace(dump, "");

    [GeneratedRegex(@"^\\(un)?restrict .*$", RegexOptions.Multiline)]
    private static partial Regex RestrictKey();
}
