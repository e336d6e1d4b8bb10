using System.Globalization;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Router.Integration.Tests.Drivers;

/// <summary>Npgsql: its own pool and reset, statements prepared on demand and by themselves, batches, multiplexing.</summary>
internal sealed class NpgsqlScript
{
    private readonly StringBuilder _seen = new();
    private readonly HashSet<int> _pids = [];
    private readonly string _connectionString;
    private readonly NpgsqlDataSource _source;

    private NpgsqlScript(string connectionString)
    {
        _connectionString = connectionString;
        _source = new NpgsqlDataSourceBuilder(connectionString).Build();
    }

    public static async Task<DriverRun> RunAsync(string connectionString)
    {
        var script = new NpgsqlScript(connectionString);
        await using (script._source)
        {
            await script.CaseAsync("table", script.TableAsync);
            await script.CaseAsync("prepared", script.PreparedAsync);
            await script.CaseAsync("prepared by use", script.PreparedByUseAsync);
            await script.CaseAsync("errors", script.ErrorsAsync);
            await script.CaseAsync("batch", script.BatchAsync);
            await script.CaseAsync("copy", script.CopyAsync);
            await script.CaseAsync("copy broken off", script.CopyBrokenOffAsync);
            await script.CaseAsync("transaction", script.TransactionAsync);
            await script.CaseAsync("settings", script.SettingsAsync);
            await script.CaseAsync("cancel", script.CancelAsync);
            await script.CaseAsync("listen", script.ListenAsync);
            await script.CaseAsync("temporary", script.TemporaryAsync);
            await script.CaseAsync("reset by the pool", script.ResetByThePoolAsync);
            await script.CaseAsync("multiplexing", script.MultiplexingAsync);
            await script.CaseAsync("unprepared", script.UnprepareAsync);
        }

        return new DriverRun(0, script._seen.ToString(), script._pids.Count, "");
    }

    private async Task CaseAsync(string name, Func<Task<string>> work)
    {
        string seen;
        try
        {
            seen = await work();
        }
        catch (Exception failure) when (failure is NpgsqlException or OperationCanceledException)
        {
            seen = Describe(failure);
        }

        _seen.Append(CultureInfo.InvariantCulture, $"{name}: {seen}\n");
    }

    private static string Describe(Exception failure) =>
        (failure as PostgresException ?? failure.InnerException as PostgresException) is { } error
            ? $"{failure.GetType().Name} {error.SqlState} {error.MessageText}"
            : failure.ToString();

    private async Task<string> ScalarAsync(NpgsqlConnection db, string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, db);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return Convert.ToString(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture) ?? "";
    }

    private async Task SeeServersAsync(NpgsqlConnection db)
    {
        for (var i = 0; i < 3; i++)
        {
            _pids.Add(int.Parse(await ScalarAsync(db, "SELECT pg_backend_pid()"), CultureInfo.InvariantCulture));
        }
    }

    private async Task<string> TableAsync()
    {
        await using var db = await _source.OpenConnectionAsync();
        await ScalarAsync(db, "DROP SCHEMA IF EXISTS ng CASCADE; CREATE SCHEMA ng; CREATE TABLE ng.t (id int PRIMARY KEY, name text, at timestamptz, tags text[])");
        for (var i = 0; i < 20; i++)
        {
            await ScalarAsync(db, "INSERT INTO ng.t VALUES ($1, $2, $3, $4)", i, $"näme {i}", new DateTime(2026, 1, 2, 3, 4, i, DateTimeKind.Utc), new[] { "a", "b" });
        }

        await SeeServersAsync(db);
        return await ScalarAsync(db, "SELECT count(*) FROM ng.t");
    }

    private async Task<string> PreparedAsync()
    {
        await using var db = await _source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("SELECT name, pg_backend_pid() FROM ng.t WHERE id = $1", db);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = 0 });
        await command.PrepareAsync();
        var seen = new List<string>();
        for (var i = 0; i < 8; i++)
        {
            command.Parameters[0].Value = i;
            await using var reader = await command.ExecuteReaderAsync();
            await reader.ReadAsync();
            seen.Add(reader.GetString(0));
            _pids.Add(reader.GetInt32(1));
        }

        return string.Join(", ", seen);
    }

    private async Task<string> PreparedByUseAsync()
    {
        await using var db = await _source.OpenConnectionAsync();
        var seen = new List<string>();
        for (var round = 0; round < 5; round++)
        {
            for (var column = 0; column < 6; column++)
            {
                seen.Add(await ScalarAsync(db, $"SELECT id + {column} FROM ng.t WHERE id = $1", round));
            }
        }

        return string.Join(' ', seen);
    }

    private async Task<string> ErrorsAsync()
    {
        await using var db = await _source.OpenConnectionAsync();
        var seen = new List<string>();
        for (var round = 0; round < 3; round++)
        {
            foreach (var sql in new[] { "INSERT INTO ng.t VALUES (1)", "SELECT wrong", "SELEC", "SELECT 1 / 0", "SELECT 1" })
            {
                try
                {
                    seen.Add(await ScalarAsync(db, sql));
                }
                catch (PostgresException error)
                {
                    seen.Add(error.SqlState);
                }
            }
        }

        return string.Join(' ', seen);
    }

    private async Task<string> BatchAsync()
    {
        await using var db = await _source.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(db);
        for (var i = 0; i < 300; i++)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"SELECT $1 + {i % 3}, repeat('x', 1000)") { Parameters = { new() { Value = i } } });
        }

        await using var reader = await batch.ExecuteReaderAsync();
        var sum = 0;
        do
        {
            while (await reader.ReadAsync())
            {
                sum += reader.GetInt32(0);
            }
        }
        while (await reader.NextResultAsync());

        return $"{sum}";
    }

    private async Task<string> CopyAsync()
    {
        await using var db = await _source.OpenConnectionAsync();
        await using (var writer = await db.BeginBinaryImportAsync("COPY ng.t (id, name) FROM STDIN (FORMAT binary)"))
        {
            for (var i = 1000; i < 6000; i++)
            {
                await writer.StartRowAsync();
                await writer.WriteAsync(i, NpgsqlDbType.Integer);
                await writer.WriteAsync($"copied {i}", NpgsqlDbType.Text);
            }

            await writer.CompleteAsync();
        }

        var (count, length) = (0, 0);
        await using (var reader = await db.BeginBinaryExportAsync("COPY (SELECT id, name FROM ng.t WHERE id >= 1000) TO STDOUT (FORMAT binary)"))
        {
            while (await reader.StartRowAsync() >= 0)
            {
                count += await reader.ReadAsync<int>() > 0 ? 1 : 0;
                length += (await reader.ReadAsync<string>()).Length;
            }
        }

        return $"{count} {length}";
    }

    private async Task<string> CopyBrokenOffAsync()
    {
        await using var db = await _source.OpenConnectionAsync();
        await using (var writer = await db.BeginBinaryImportAsync("COPY ng.t (id) FROM STDIN (FORMAT binary)"))
        {
            await writer.StartRowAsync();
            await writer.WriteAsync(99999, NpgsqlDbType.Integer);
        }

        return await ScalarAsync(db, "SELECT count(*) FROM ng.t WHERE id = 99999");
    }

    private async Task<string> TransactionAsync()
    {
        await using var db = await _source.OpenConnectionAsync();
        var seen = new List<string>();
        await using (var transaction = await db.BeginTransactionAsync(System.Data.IsolationLevel.Serializable))
        {
            seen.Add(await ScalarAsync(db, "SHOW transaction_isolation"));
            await transaction.SaveAsync("one");
            try
            {
                await ScalarAsync(db, "SELECT 1 / 0");
            }
            catch (PostgresException error)
            {
                seen.Add(error.SqlState);
            }

            await transaction.RollbackAsync("one");
            await ScalarAsync(db, "UPDATE ng.t SET name = 'changed' WHERE id = 3");
        }

        seen.Add(await ScalarAsync(db, "SELECT name FROM ng.t WHERE id = 3"));
        seen.Add(await ScalarAsync(db, "SHOW transaction_isolation"));
        return string.Join(' ', seen);
    }

    private async Task<string> SettingsAsync()
    {
        await using var db = await _source.OpenConnectionAsync();
        await ScalarAsync(db, "SET search_path = ng; SET TimeZone = 'Asia/Tokyo'; SET statement_timeout = '41s'");
        var seen = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            seen.Add(await ScalarAsync(db, "SELECT at::text || current_setting('statement_timeout') FROM t WHERE id = $1", i));
            await SeeServersAsync(db);
        }

        await ScalarAsync(db, "RESET ALL");
        return string.Join(' ', seen) + await ScalarAsync(db, "SHOW search_path");
    }

    private async Task<string> CancelAsync()
    {
        await using var db = await _source.OpenConnectionAsync();
        using var bound = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        await using var command = new NpgsqlCommand("SELECT pg_sleep(60)", db);
        try
        {
            await command.ExecuteNonQueryAsync(bound.Token);
            return "not cancelled";
        }
        catch (OperationCanceledException cancelled)
        {
            return Describe(cancelled) + await ScalarAsync(db, "SELECT 1");
        }
    }

    private async Task<string> ListenAsync()
    {
        await using var listener = new NpgsqlConnection(_connectionString + ";Pooling=false");
        await listener.OpenAsync();
        var heard = new List<string>();
        listener.Notification += (_, news) => heard.Add($"{news.Channel} {news.Payload}");
        await ScalarAsync(listener, "LISTEN ng_news");
        await using (var db = await _source.OpenConnectionAsync())
        {
            for (var i = 0; i < 3; i++)
            {
                await ScalarAsync(db, "SELECT pg_notify('ng_news', $1)", $"news {i}");
            }
        }

        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (heard.Count < 3)
        {
            await listener.WaitAsync(bound.Token);
        }

        return string.Join(", ", heard);
    }

    private async Task<string> TemporaryAsync()
    {
        await using var db = await _source.OpenConnectionAsync();
        await ScalarAsync(db, "CREATE TEMP TABLE mine (v int)");
        await ScalarAsync(db, "INSERT INTO mine VALUES ($1)", 7);
        var seen = await ScalarAsync(db, "SELECT v FROM mine");
        await ScalarAsync(db, "DROP TABLE mine");
        return seen;
    }

    /// <summary>What one user of Npgsql's pool sets, the next does not find, unless the reset is switched off.</summary>
    private async Task<string> ResetByThePoolAsync()
    {
        var seen = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            await using var db = await _source.OpenConnectionAsync();
            seen.Add(await ScalarAsync(db, "SELECT current_setting('work_mem') || current_setting('TimeZone')"));
            await ScalarAsync(db, $"SET work_mem = '{i + 5}MB'; SET TimeZone = 'Etc/GMT+{i}'");
        }

        await using var last = await _source.OpenConnectionAsync();
        await ScalarAsync(last, "RESET ALL");
        return string.Join(' ', seen);
    }

    /// <summary>Without statements prepared by themselves: Npgsql 10 mixes up the answers then, with no proxy between.</summary>
    private async Task<string> MultiplexingAsync()
    {
        await using var source = NpgsqlDataSource.Create(
            _connectionString + ";Multiplexing=true;Maximum Pool Size=3;Max Auto Prepare=0");
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            await using var command = source.CreateCommand($"SELECT $1 + {i % 4}");
            command.Parameters.Add(new NpgsqlParameter { Value = i });
            return (int)(await command.ExecuteScalarAsync())! == i + (i % 4);
        }));
        return $"{answers.Count(static isRight => isRight)} right";
    }

    private async Task<string> UnprepareAsync()
    {
        await using var db = await _source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("SELECT name FROM ng.t WHERE id = 5", db);
        await command.PrepareAsync();
        var before = await command.ExecuteScalarAsync();
        await command.UnprepareAsync();
        var after = await command.ExecuteScalarAsync();
        await db.ReloadTypesAsync();
        await SeeServersAsync(db);
        return $"{before} {after}";
    }
}
