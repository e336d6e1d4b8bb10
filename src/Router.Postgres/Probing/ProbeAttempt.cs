using System.Net.Sockets;
using Npgsql;
using Router.Postgres.Processes;

namespace Router.Postgres.Probing;

/// <summary>
/// One session that was asked, and what came of it. Owns the session until <see cref="TakeConnection"/>; its tasks never
/// fail.
/// </summary>
internal sealed class ProbeAttempt
{
    private readonly CancellationTokenSource _given;
    private NpgsqlConnection? _connection;

    private ProbeAttempt(NpgsqlConnection? connection, CancellationToken aborted)
    {
        _connection = connection;
        _given = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        Outcome = Task.FromResult(new AttemptOutcome(AttemptKind.Unreached, null));
    }

    public Task<AttemptOutcome> Outcome { get; private set; }

    /// <summary>Asks on a session that is open already.</summary>
    public static ProbeAttempt On(NpgsqlConnection connection, CancellationToken aborted)
    {
        var attempt = new ProbeAttempt(connection, aborted);
        attempt.Outcome = attempt.AskAsync(connections: null, file: null);
        return attempt;
    }

    /// <summary>Asks on a fresh session.</summary>
    public static ProbeAttempt Fresh(LocalConnections connections, LockFile file, CancellationToken aborted)
    {
        var attempt = new ProbeAttempt(connection: null, aborted);
        attempt.Outcome = attempt.AskAsync(connections, file);
        return attempt;
    }

    /// <summary>Hands the session over to the caller.</summary>
    public NpgsqlConnection? TakeConnection()
    {
        var connection = _connection;
        _connection = null;
        return connection;
    }

    /// <summary>
    /// Gives the session up. Completes when it is closed, which a silent server can put off until Npgsql's connect
    /// timeout: the probe does not wait for it.
    /// </summary>
    public async Task EndAsync()
    {
        await _given.CancelAsync();
        _ = await Outcome;
        _given.Dispose();
        if (_connection is { } connection)
        {
            await connection.DisposeAsync();
        }
    }

    private async Task<AttemptOutcome> AskAsync(LocalConnections? connections, LockFile? file)
    {
        try
        {
            _connection ??= await connections!.OpenAsync(file!, _given.Token);
            return new AttemptOutcome(AttemptKind.Facts, await FactsReader.ReadAsync(_connection, _given.Token));
        }
        catch (PostgresException e)
        {
            return new AttemptOutcome(AttemptKind.Error, null, $"{e.SqlState}: {e.MessageText}");
        }
        catch (Exception e) when (e is NpgsqlException or SocketException or IOException or OperationCanceledException
            or InvalidOperationException or TimeoutException)
        {
            return new AttemptOutcome(AttemptKind.Unreached, null, e.Message);
        }
    }
}
