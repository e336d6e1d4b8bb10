using System.Diagnostics;
using Npgsql;

namespace Router.Proxy.Tests.Integration;

/// <summary>Real clients of a pool of transactions.</summary>
[Trait("Category", "Integration")]
public sealed class PooledClientTests(PooledServer server) : IClassFixture<PooledServer>
{
    private static readonly string Pgpass = $"password='{PooledServer.Password}'";

    [Theory]
    [InlineData("postgres")]
    [InlineData("by_scram")]
    [InlineData("by_md5")]
    [InlineData("in_clear")]
    public async Task A_user_logs_in_here_and_the_proxy_there(string user) =>
        Assert.Equal(user + "\n", await Psql(user, PooledServer.Password, "SELECT current_user"));

    [Fact]
    public async Task A_wrong_password_is_told_as_PostgreSQL_tells_it()
    {
        var (exitCode, _, error) = await server.TryRunAsync("psql", "-X \"user=by_scram password=wrong\" -c \"SELECT 1\"");
        Assert.Equal(2, exitCode);
        Assert.Contains("password authentication failed for user \"by_scram\"", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("simple")]
    [InlineData("extended")]
    public async Task Many_clients_of_pgbench_work_on_few_connections(string mode)
    {
        var database = "pooled_" + mode;
        await server.DirectAsync($"CREATE DATABASE {database}");
        await server.RunAsync("pgbench", $"-iq -s 1 \"dbname={database} {Escaped}\"");
        var report = server.RunAsync("pgbench", $"-M {mode} -c 32 -j 2 -t 100 \"dbname={database} {Escaped}\"");
        var seen = Array.Empty<string>();
        while (!report.IsCompleted)
        {
            var now = await ConnectionsAsync(database);
            seen = now.Length > seen.Length ? now : seen;
        }

        Assert.Contains("number of transactions actually processed: 3200/3200", await report, StringComparison.Ordinal);
        // A connection that changes from loop to loop may still be seen while its successor is there.
        Assert.True(seen.Length is > 0 and <= PooledServer.PoolSize + 2, string.Join('\n', seen));
        Assert.Equal("3200", await server.RunAsync(
            "psql", $"-XAt -p {server.Port} -d {database} -c \"SELECT count(*) FROM pgbench_history\"") is var n ? n.Trim() : "");
    }

    [Fact]
    public async Task The_console_shows_who_keeps_a_connection_and_why_and_what_is_prepared()
    {
        var connection = new NpgsqlConnectionStringBuilder(server.ConnectionString)
        {
            Password = PooledServer.Password,
            NoResetOnClose = true,
        };
        await using var session = new NpgsqlConnection(connection.ConnectionString);
        await session.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT 'shown as prepared' WHERE $1 > 0", session);
        command.Parameters.Add(new NpgsqlParameter { Value = 1 });
        await command.PrepareAsync();
        Assert.Equal("shown as prepared", await command.ExecuteScalarAsync());
        await using var keep = new NpgsqlCommand("CREATE TEMP TABLE shown_as_pinned ()", session);
        await keep.ExecuteNonQueryAsync();

        // The server is asked what the session has after the client has its answer.
        var begun = Stopwatch.GetTimestamp();
        while (!(await server.ShowAsync("PINS")).Contains("temporary shown_as_pinned", StringComparison.Ordinal))
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(60), "the session is not shown as pinned");
        }

        Assert.Contains("shown as prepared", await server.ShowAsync("PREPARED"), StringComparison.Ordinal);
        await using var giveUp = new NpgsqlCommand("DROP TABLE shown_as_pinned", session);
        await giveUp.ExecuteNonQueryAsync();
        Assert.Equal("shown as prepared", await command.ExecuteScalarAsync());
        Assert.DoesNotContain("shown_as_pinned", await server.ShowAsync("PINS"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_keeps_the_last_connection_of_a_pool()
    {
        await server.DirectAsync("CREATE DATABASE kept");
        var connection = new NpgsqlConnectionStringBuilder(server.ConnectionString)
        {
            Database = "kept",
            Password = PooledServer.Password,
            NoResetOnClose = true,
        };
        var sessions = new List<NpgsqlConnection>();
        try
        {
            for (var i = 1; i < PooledServer.PoolSize; i++)
            {
                await KeepAsync();
            }

            var refused = await Assert.ThrowsAsync<PostgresException>(KeepAsync);
            Assert.Equal("53300", refused.SqlState);
            Assert.Contains("temporary kept", refused.MessageText, StringComparison.Ordinal);
            Assert.Equal("1\n", await server.RunAsync("psql", $"-XAt \"dbname=kept user=postgres {Escaped}\" -c \"SELECT 1\""));
        }
        finally
        {
            foreach (var session in sessions)
            {
                await session.DisposeAsync();
            }
        }

        async Task KeepAsync()
        {
            var session = new NpgsqlConnection(connection.ConnectionString);
            sessions.Add(session);
            await session.OpenAsync();
            await using var keep = new NpgsqlCommand("CREATE TEMP TABLE kept ()", session);
            await keep.ExecuteNonQueryAsync();

            // What becomes of it is decided behind its answer, and in front of the next one.
            await using var next = new NpgsqlCommand("SELECT 1", session);
            await next.ExecuteNonQueryAsync();
        }
    }

    [Fact]
    public async Task Npgsql_reads_writes_rolls_back_and_copies()
    {
        await server.DirectAsync("CREATE TABLE npgsql_pooled (id int PRIMARY KEY, word text)");
        var connection = new NpgsqlConnectionStringBuilder(server.ConnectionString)
        {
            Password = PooledServer.Password,
            NoResetOnClose = true,
            Pooling = true,
        };
        await using var source = NpgsqlDataSource.Create(connection);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
        {
            await using var session = await source.OpenConnectionAsync();
            await using var transaction = await session.BeginTransactionAsync();
            await using var insert = new NpgsqlCommand("INSERT INTO npgsql_pooled VALUES ($1, $2)", session, transaction);
            insert.Parameters.Add(new NpgsqlParameter { Value = i });
            insert.Parameters.Add(new NpgsqlParameter { Value = new string('x', i * 1000) });
            await insert.ExecuteNonQueryAsync();
            await (i % 2 == 0 ? transaction.CommitAsync() : transaction.RollbackAsync());
        }));

        await using (var session = await source.OpenConnectionAsync())
        {
            await using var copy = await session.BeginTextImportAsync("COPY npgsql_pooled FROM STDIN");
            await copy.WriteAsync("100\thundred\n");
        }

        Assert.Equal("9|56000", await server.DirectAsync(
            "SELECT count(*), sum(length(word)) FILTER (WHERE id < 100) FROM npgsql_pooled"));
    }

    [Fact]
    public async Task Psql_cancels_its_query_and_the_connection_is_used_again()
    {
        using var psql = server.Start("psql", $"-X \"user=by_scram {Escaped} dbname=postgres\" -c \"SELECT pg_sleep(61)\"");
        while (await server.DirectAsync("SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(61)'") != "1")
        {
            Assert.False(psql.HasExited);
        }

        using (var kill = System.Diagnostics.Process.Start("kill", $"-INT {psql.Id}"))
        {
            await kill.WaitForExitAsync();
        }

        var error = await psql.StandardError.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Contains("canceling statement due to user request", error, StringComparison.Ordinal);
        Assert.Equal("1\n", await Psql("by_scram", PooledServer.Password, "SELECT 1"));
    }

    [Fact]
    public async Task A_setting_of_one_client_is_not_anothers()
    {
        for (var i = 0; i < 2 * PooledServer.PoolSize; i++)
        {
            Assert.Equal("German, DMY\n", await Psql("postgres", PooledServer.Password, "SHOW datestyle", "-c datestyle=german"));
            Assert.Equal("ISO, MDY\n", await Psql("postgres", PooledServer.Password, "SHOW datestyle"));
        }
    }

    private static string Escaped => Pgpass.Replace("\"", "\\\"", StringComparison.Ordinal);

    private Task<string> Psql(string user, string password, string sql, string? options = null) => server.RunAsync(
        "psql",
        $"-XAt \"user={user} password='{password.Replace("\"", "\\\"", StringComparison.Ordinal)}' dbname=postgres"
        + $"{(options is null ? "" : $" options='{options}'")}\" -c \"{sql}\"");

    /// <summary>A line for each server connection of pgbench's.</summary>
    private async Task<string[]> ConnectionsAsync(string database) => (await server.DirectAsync($"""
        SELECT pid, backend_type, backend_start, state_change, state, query FROM pg_stat_activity
        WHERE datname = '{database}' AND application_name = 'pgbench'
        """)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
