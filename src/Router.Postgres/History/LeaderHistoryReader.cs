using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Npgsql;
using Npgsql.Replication;
using Router.Cluster;
using Router.Postgres.Options;
using Router.Postgres.Probing;

namespace Router.Postgres.History;

/// <summary>Asks a leader for its history over a replication session.</summary>
internal sealed class LeaderHistoryReader(PostgresOptions options, LocalConnections connections, TimeProvider time)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    /// <summary>The history, or a sentence why there is none.</summary>
    public async Task<(LeaderHistory? History, string Reason)> ReadAsync(MemberAddress leader, CancellationToken aborted)
    {
        using var late = new CancellationTokenSource(Bound, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, late.Token);
        try
        {
            await using var session = new PhysicalReplicationConnection(connections.Describe(leader, options.Replication));
            await session.Open(either.Token);
            var system = await session.IdentifySystem(either.Token);
            _ = SystemIdentifier.TryParse(system.SystemId, out var identifier);
            var timeline = new Timeline((int)system.Timeline);
            var rows = timeline.Value > 1
                ? Decode(await session.TimelineHistory(system.Timeline, either.Token))
                : [];
            return (new LeaderHistory(identifier, timeline, new Lsn((long)(ulong)system.XLogPos), rows), "");
        }
        catch (Exception e) when (e is NpgsqlException or SocketException or IOException or OperationCanceledException
            or InvalidOperationException or TimeoutException)
        {
            return (null, $"the leader at {leader} did not tell its history: {e.Message}");
        }
    }

    /// <summary>
    /// Whether the leader is out of recovery and its control file has its present timeline: pg_rewind reads it there,
    /// and until the first checkpoint after a promotion finds the former one. Null when it does.
    /// </summary>
    public async Task<string?> WhyNotRewindableAsync(MemberAddress leader, Timeline timeline, CancellationToken aborted)
    {
        using var late = new CancellationTokenSource(Bound, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, late.Token);
        try
        {
            var user = options.Rewind ?? options.Superuser;
            await using var session = await connections.OpenAsync(leader, user, either.Token);
            await using var command = new NpgsqlCommand(
                "SELECT CASE WHEN pg_is_in_recovery() THEN 0 ELSE timeline_id END FROM pg_control_checkpoint()", session);
            var answer = await command.ExecuteScalarAsync(either.Token);
            return answer switch
            {
                0 => $"the server at {leader} is in recovery",
                int control when control != timeline.Value => string.Create(
                    CultureInfo.InvariantCulture,
                    $"the leader at {leader} has not finished its first checkpoint on timeline {timeline}"),
                _ => null,
            };
        }
        catch (Exception e) when (e is NpgsqlException or SocketException or IOException or OperationCanceledException
            or InvalidOperationException or TimeoutException)
        {
            return $"the leader at {leader} did not answer: {e.Message}";
        }
    }

    private static IReadOnlyList<HistoryLine> Decode(TimelineHistoryFile file) =>
        HistoryFile.Parse(Encoding.UTF8.GetString(file.Content));
}
