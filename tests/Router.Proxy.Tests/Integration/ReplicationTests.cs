using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Router.Proxy.Tests.Integration;

/// <summary>PostgreSQL's own replication programs through a pool of transactions: each has a server connection of its own.</summary>
[Trait("Category", "Integration")]
public sealed class ReplicationTests(ReplicationServer server) : IClassFixture<ReplicationServer>
{
    private const int Interrupt = 2;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Pg_basebackup_takes_a_backup_with_its_log_and_gives_both_connections_up()
    {
        var directory = Directory.CreateTempSubdirectory("backup-").FullName;
        try
        {
            var target = Path.Combine(directory, "data");
            await server.RunAsync("pg_basebackup", $"-D {target} -X stream --checkpoint=fast");
            await server.RunAsync("pg_verifybackup", target);
            await UntilAsync(async () => (await server.KindsAsync("SERVERS")).All(static kind => kind == "none"), "nothing is left of it");

            // There are two places, and both had gone to it.
            Assert.Equal("1\n", await server.RunAsync("psql", "-XAtc \"SELECT 1\""));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Pg_receivewal_gets_the_log_and_leaves_when_it_is_told_to()
    {
        var directory = Directory.CreateTempSubdirectory("wal-").FullName;
        try
        {
            using var receiving = server.Start("pg_receivewal", $"-D {directory} -n --synchronous");
            await UntilAsync(() => Task.FromResult(Directory.EnumerateFiles(directory).Any()), "it has begun");
            var file = await server.DirectAsync("SELECT pg_walfile_name(pg_current_wal_insert_lsn())");
            await server.DirectAsync("SELECT pg_logical_emit_message(false, 'test', 'some'), pg_switch_wal()");
            await UntilAsync(() => Task.FromResult(File.Exists(Path.Combine(directory, file))), "the whole file is there");
            await EndAsync(receiving);
            Assert.Equal("", await receiving.StandardError.ReadToEndAsync());
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Pg_recvlogical_streams_for_longer_than_any_ordinary_request_may_last()
    {
        await server.RunAsync("pg_recvlogical", "-d postgres --create-slot -S changes -P test_decoding");
        using var receiving = server.Start("pg_recvlogical", "-d postgres --start -S changes -f - -s 1");
        await server.DirectAsync("INSERT INTO written VALUES (1)");
        await UntilLineAsync(receiving, "table public.written: INSERT: id[integer]:1");
        Assert.Equal(["logical", "none"], await server.KindsAsync("CLIENTS"));
        Assert.Contains("logical", await server.KindsAsync("SERVERS"));

        // An ordinary request is ended by its timeout meanwhile, and others get the connection that is left.
        var (_, _, error) = await server.TryRunAsync("psql", "-Xc \"SELECT pg_sleep(60)\"");
        Assert.Matches("(query|transaction)_timeout", error);
        Assert.Equal("1\n", await server.RunAsync("psql", "-XAtc \"SELECT 1\""));
        await server.DirectAsync("INSERT INTO written VALUES (2)");
        await UntilLineAsync(receiving, "table public.written: INSERT: id[integer]:2");

        // Of the end of its stream it complains without the proxy too.
        await EndAsync(receiving);
        await UntilAsync(async () => !(await server.KindsAsync("SERVERS")).Contains("logical"), "its connection is closed");
        await server.RunAsync("pg_recvlogical", "-d postgres --drop-slot -S changes");
    }

    [Theory]
    [InlineData("true")]
    [InlineData("1")]
    [InlineData("on")]
    [InlineData("yes")]
    [InlineData("database")]
    public async Task Whatever_spelling_asks_for_it(string value)
    {
        var identified = await server.RunAsync("psql", $"-XAt \"replication={value} dbname=postgres\" -c IDENTIFY_SYSTEM");
        Assert.EndsWith(value == "database" ? "|postgres\n" : "|\n", identified, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_not_replicate_hears_the_server_say_so_when_he_logs_in()
    {
        var (exitCode, _, error) = await server.TryRunAsync("psql", "-X \"user=plain dbname=postgres replication=true\" -c IDENTIFY_SYSTEM");
        Assert.Equal(2, exitCode);
        Assert.Contains("must be superuser or replication role to start walsender", error, StringComparison.Ordinal);
        (_, _, error) = await server.TryRunAsync("psql", "-X \"user=stranger dbname=postgres replication=true\" -c IDENTIFY_SYSTEM");
        Assert.Contains("\"trust\" authentication failed for user \"stranger\"", error, StringComparison.Ordinal);
        (_, _, error) = await server.TryRunAsync("psql", "-X \"dbname=pgbouncer replication=true\" -c IDENTIFY_SYSTEM");
        Assert.Contains("the console sends no replication stream", error, StringComparison.Ordinal);
    }

    private static async Task UntilLineAsync(Process program, string line)
    {
        while (await program.StandardOutput.ReadLineAsync().WaitAsync(Bound) is { } said)
        {
            if (said == line)
            {
                return;
            }
        }

        Assert.Fail($"{line} did not come: {await program.StandardError.ReadToEndAsync()}");
    }

    private static async Task EndAsync(Process program)
    {
        _ = Kill(program.Id, Interrupt);
        await program.WaitForExitAsync().WaitAsync(Bound);
        Assert.Equal(0, program.ExitCode);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, string expected)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < Bound, expected);
            await Task.Delay(10);
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
