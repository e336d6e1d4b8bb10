using System.Globalization;
using Npgsql;
using Router.Postgres.Probing;
using Router.Postgres.Processes;

namespace Router.Postgres.Operations;

/// <summary>SQL of the operations: each opens a session of its own and closes it.</summary>
internal sealed class LocalSession(LocalConnections connections, Postmaster postmaster, TimeProvider time)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs <paramref name="work"/>; a failure becomes a sentence that begins with <paramref name="what"/>.</summary>
    public async Task<InstanceResult> RunAsync(
        string what, TimeSpan bound, Func<NpgsqlConnection, CancellationToken, Task<string>> work, CancellationToken aborted)
    {
        if (postmaster.Find() is not { } process)
        {
            return InstanceResult.Failed($"{what}: PostgreSQL is not running.");
        }

        using var late = new CancellationTokenSource(bound, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, late.Token);
        try
        {
            await using var connection = await connections.OpenAsync(process.File, either.Token);
            return InstanceResult.Done(await work(connection, either.Token));
        }
        catch (PostgresException e)
        {
            return InstanceResult.Failed($"{what}: PostgreSQL says {e.SqlState}, {e.MessageText}.");
        }
        catch (OperationCanceledException)
        {
            return InstanceResult.Failed(aborted.IsCancellationRequested
                ? $"{what}: cancelled."
                : string.Create(CultureInfo.InvariantCulture, $"{what}: not done within {bound.TotalSeconds} s."));
        }
        catch (Exception e) when (e is NpgsqlException or IOException or InvalidOperationException or TimeoutException)
        {
            return InstanceResult.Failed($"{what}: the session with the local server failed, {e.Message}.");
        }
    }

    public static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken aborted)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        _ = await command.ExecuteNonQueryAsync(aborted);
    }

    /// <summary>The text of the first column of the first row; null for NULL and for no row.</summary>
    public static async Task<string?> QueryAsync(
        NpgsqlConnection connection, string sql, CancellationToken aborted, params string[] arguments)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        for (var i = 0; i < arguments.Length; i++)
        {
            _ = command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = arguments[i] });
        }

        return await command.ExecuteScalarAsync(aborted) as string;
    }

    /// <summary>Asks until the answer is <paramref name="wanted"/>; the token bounds it.</summary>
    public async Task WaitForAsync(NpgsqlConnection connection, string sql, string wanted, CancellationToken aborted)
    {
        while (await QueryAsync(connection, sql, aborted) != wanted)
        {
            await PauseAsync(aborted);
        }
    }

    /// <summary>Between two questions.</summary>
    public Task PauseAsync(CancellationToken aborted) => Task.Delay(PollInterval, time, aborted);
}
