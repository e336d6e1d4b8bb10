using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using Npgsql;
using Router.Cluster;
using Router.Configuration.Proxy;
using Router.Proxy.Routing;

namespace Router.Hosting.Proxy;

/// <summary>
/// Asks PostgreSQL itself whether it can be written to (rule S19). One connection a member is kept, so that a question
/// costs a round trip; a broken one is opened anew within the same question.
/// </summary>
internal sealed class SqlBackendProbe(ProbeConfiguration first) : IBackendProbe, IAsyncDisposable
{
    private const string Question = """
        SELECT pg_catalog.pg_is_in_recovery(), s.system_identifier::text,
               CASE WHEN pg_catalog.pg_is_in_recovery() THEN c.timeline_id
                    ELSE ('x' || pg_catalog.substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8))
                         ::bit(32)::int END
          FROM pg_catalog.pg_control_system() s, pg_catalog.pg_control_checkpoint() c
        """;

    private readonly ConcurrentDictionary<MemberAddress, NpgsqlConnection> _connections = new();
    private volatile ProbeConfiguration _account = first;

    /// <summary>Logs in as somebody else where a connection is opened from now on.</summary>
    public void Use(ProbeConfiguration account) => _account = account;

    public async Task<BackendFacts> ProbeAsync(RoutedMember member, CancellationToken aborted)
    {
        var isKept = _connections.TryRemove(member.Address, out var kept);
        var facts = await AskAsync(kept ?? Describe(member.Address), member.Address, aborted);
        return isKept && facts is not BackendFacts.Answered && !aborted.IsCancellationRequested
            ? await AskAsync(Describe(member.Address), member.Address, aborted)
            : facts;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections.Values)
        {
            await connection.DisposeAsync();
        }

        _connections.Clear();
    }

    private async Task<BackendFacts> AskAsync(
        NpgsqlConnection connection, MemberAddress address, CancellationToken aborted)
    {
        try
        {
            if (connection.State != System.Data.ConnectionState.Open)
            {
                await connection.OpenAsync(aborted);
            }

            await using var command = new NpgsqlCommand(Question, connection);
            await using var reader = await command.ExecuteReaderAsync(aborted);
            await reader.ReadAsync(aborted);
            var facts = new BackendFacts.Answered(
                reader.GetBoolean(0),
                new SystemIdentifier(ulong.Parse(reader.GetString(1), CultureInfo.InvariantCulture)),
                new Timeline(reader.GetInt32(2)));
            await reader.DisposeAsync();
            Keep(connection, address);
            return facts;
        }
        catch (Exception e) when (e is NpgsqlException or SocketException or IOException or OperationCanceledException
            or InvalidOperationException or TimeoutException)
        {
            await connection.DisposeAsync();
            return Judge(e, address);
        }
    }

    private void Keep(NpgsqlConnection connection, MemberAddress address)
    {
        // Two questions to one member at a time do not happen; should they, one connection is enough.
        if (!_connections.TryAdd(address, connection))
        {
            connection.Dispose();
        }
    }

    /// <summary>57P01 to 57P03: it goes down or comes up. A refused connection: nobody is there.</summary>
    private static BackendFacts Judge(Exception error, MemberAddress address) => error switch
    {
        PostgresException { SqlState: "57P01" or "57P02" or "57P03" } down =>
            new BackendFacts.Gone($"{address} answered {down.SqlState}: {down.MessageText}"),
        PostgresException refused => new BackendFacts.Silent($"{address} answered {refused.SqlState}: {refused.MessageText}"),
        { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } =>
            new BackendFacts.Gone($"nobody listens at {address}"),
        _ => new BackendFacts.Silent($"{address} did not answer: {error.Message}"),
    };

    private NpgsqlConnection Describe(MemberAddress address) => Describe(address, _account);

    private static NpgsqlConnection Describe(MemberAddress address, ProbeConfiguration account) => new(new NpgsqlConnectionStringBuilder
    {
        Host = address.Host,
        Port = address.Port,
        Username = account.UserName,
        Password = account.Password?.Value,
        Database = account.Database,
        ApplicationName = "router proxy",
        Pooling = false,
        Timeout = 2,
        CommandTimeout = 2,
        SslMode = SslMode.Prefer,
    }.ConnectionString);
}
