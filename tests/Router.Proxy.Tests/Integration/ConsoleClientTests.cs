using System.Diagnostics;
using Npgsql;
using Router.Testing;

namespace Router.Proxy.Tests.Integration;

/// <summary>The console as psql and Npgsql use it, and beside the real PgBouncer.</summary>
[Trait("Category", "Integration")]
public sealed class ConsoleClientTests(PooledServer server) : IClassFixture<PooledServer>
{
    /// <summary>What 1.18 calls otherwise than the versions after it.</summary>
    private static readonly string[] Renamed = ["reserve_pool"];

    private string Login => $"host=127.0.0.1 user=postgres dbname=pgbouncer password='{PooledServer.Password}'"
        .Replace("\"", "\\\"", StringComparison.Ordinal);

    [Fact]
    public async Task Psql_shows_pools() =>
        Assert.Contains("cl_waiting", await server.RunAsync("psql", $"-X \"{Login}\" -c \"SHOW POOLS\""), StringComparison.Ordinal);

    [Fact]
    public async Task Npgsql_reads_numbers_as_numbers()
    {
        var settings = new NpgsqlConnectionStringBuilder(server.ConnectionString)
        {
            Password = PooledServer.Password,
            Database = "pgbouncer",
        };
        var builder = new NpgsqlDataSourceBuilder(settings.ToString());
        builder.ConfigureTypeLoading(static types => types.EnableTypeLoading(false));
        await using var source = builder.Build();
        await using var connection = await source.OpenConnectionAsync();
        await using (var lists = new NpgsqlCommand("SHOW LISTS", connection))
        await using (var reader = await lists.ExecuteReaderAsync())
        {
            Assert.True(await reader.ReadAsync());
            Assert.Equal("databases", reader.GetString(0));
            Assert.True(reader.GetInt32(1) >= 1);
        }

        await using var stats = new NpgsqlCommand("SHOW TOTALS", connection);
        await using var totals = await stats.ExecuteReaderAsync();
        Assert.True(await totals.ReadAsync());
        Assert.True(totals.GetDecimal(1) >= 0);
    }

    [Fact]
    public async Task Every_column_of_PgBouncer_is_there_under_its_name()
    {
        var port = FreePort.Take(1)[0];
        var directory = Directory.CreateTempSubdirectory("router-console");
        await File.WriteAllTextAsync(Path.Combine(directory.FullName, "users.txt"), "\"postgres\" \"x\"\n");
        await File.WriteAllTextAsync(Path.Combine(directory.FullName, "pgbouncer.ini"), $"""
            [databases]
            postgres = host=127.0.0.1 port={server.Port}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = trust
            auth_file = {directory.FullName}/users.txt
            admin_users = postgres

            """);

        // As root it wants another account, which must be able to read the files.
        directory.UnixFileMode |= UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        string[] account = Environment.UserName == "root" ? ["-u", "postgres"] : [];
        using var pgbouncer = Process.Start(
            new ProcessStartInfo("/usr/sbin/pgbouncer", ["-q", .. account, Path.Combine(directory.FullName, "pgbouncer.ini")]))!;
        try
        {
            var theirs = $"-p {port} -d pgbouncer";
            while ((await server.TryRunAsync("psql", $"-X {theirs} -c \"SHOW VERSION\"")).ExitCode != 0)
            {
                Assert.False(pgbouncer.HasExited);
            }

            foreach (var what in new[] { "POOLS", "CLIENTS", "SERVERS", "DATABASES", "STATS", "STATS_TOTALS", "LISTS", "CONFIG" })
            {
                var (has, wanted) = (await ColumnsAsync($"\"{Login}\"", what), await ColumnsAsync(theirs, what));
                Assert.Empty(wanted.Except(Renamed).Except(has));
                Assert.Equal(wanted.Intersect(has), has.Intersect(wanted));
            }
        }
        finally
        {
            pgbouncer.Kill();
            await pgbouncer.WaitForExitAsync();
            directory.Delete(recursive: true);
        }
    }

    private async Task<string[]> ColumnsAsync(string login, string what)
    {
        var output = await server.RunAsync("psql", $"-XA {login} -c \"SHOW {what}\"");
        return output.Split('\n')[0].Split('|');
    }
}
