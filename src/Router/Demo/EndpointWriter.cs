using Npgsql;

namespace Router.Demo;

/// <summary>
/// An application at the endpoint: one insert after the other at a steady rate, each acknowledged, refused or of
/// unknown outcome. It connects anew after an error, as applications do.
/// </summary>
internal sealed class EndpointWriter(string connectionString, TimeSpan interval, TimeProvider time)
{
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private readonly List<long> _acknowledged = [];
    private readonly List<string> _errors = [];
    private long _lastAckAt;
    private TimeSpan _longestGap;

    public int Acknowledged
    {
        get
        {
            lock (_lock)
            {
                return _acknowledged.Count;
            }
        }
    }

    public IReadOnlyList<string> Errors
    {
        get
        {
            lock (_lock)
            {
                return [.. _errors];
            }
        }
    }

    /// <summary>The longest time without an acknowledged write since the last call, the present gap included.</summary>
    public TimeSpan TakeLongestGap()
    {
        lock (_lock)
        {
            var open = _lastAckAt == 0 ? TimeSpan.Zero : time.GetElapsedTime(_lastAckAt);
            var longest = open > _longestGap ? open : _longestGap;
            _longestGap = TimeSpan.Zero;
            return longest;
        }
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        var id = 0L;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using var connection = new NpgsqlConnection(connectionString);
                await connection.OpenAsync(stopping);
                while (!stopping.IsCancellationRequested)
                {
                    await WriteAsync(connection, ++id, stopping);
                    await Task.Delay(interval, time, stopping);
                }
            }
            catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException)
            {
                Note(e);
                await Task.Delay(Breath, time, CancellationToken.None);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>The acknowledged writes that are not in the table.</summary>
    public async Task<IReadOnlyList<long>> FindLostAsync(CancellationToken aborted)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(aborted);
        await using var command = new NpgsqlCommand("SELECT id FROM demo_writes", connection);
        await using var reader = await command.ExecuteReaderAsync(aborted);
        var present = new HashSet<long>();
        while (await reader.ReadAsync(aborted))
        {
            present.Add(reader.GetInt64(0));
        }

        lock (_lock)
        {
            return [.. _acknowledged.Where(id => !present.Contains(id))];
        }
    }

    private async Task WriteAsync(NpgsqlConnection connection, long id, CancellationToken stopping)
    {
        await using var command = new NpgsqlCommand("INSERT INTO demo_writes (id) VALUES ($1)", connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = id });
        await command.ExecuteNonQueryAsync(stopping);
        lock (_lock)
        {
            var gap = _lastAckAt == 0 ? TimeSpan.Zero : time.GetElapsedTime(_lastAckAt);
            _longestGap = gap > _longestGap ? gap : _longestGap;
            _lastAckAt = time.GetTimestamp();
            _acknowledged.Add(id);
        }
    }

    private void Note(Exception e)
    {
        var text = e is PostgresException refused ? $"{refused.SqlState} {refused.MessageText}" : e.Message;
        lock (_lock)
        {
            _errors.Add(text);
        }
    }
}
