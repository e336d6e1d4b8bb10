using System.Globalization;
using System.Net.Sockets;
using Npgsql;
using Router.Cluster;
using Router.Postgres.Files;
using Router.Postgres.Options;
using Router.Postgres.Probing;
using Router.Postgres.Tools;

namespace Router.Postgres.History;

/// <summary>Asks a leader for its history over a replication session.</summary>
internal sealed class LeaderHistoryReader(
    LiveOptions options, InstanceFiles files, LocalConnections connections, PostgresTools tools, TimeProvider time)
{
    private const char Separator = '\x1f';

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    /// <summary>The history, or a sentence why there is none.</summary>
    public async Task<(LeaderHistory? History, string Reason)> ReadAsync(MemberAddress leader, CancellationToken aborted)
    {
        var system = await CommandAsync(leader, "IDENTIFY_SYSTEM", aborted);
        var fields = system.Output.TrimEnd('\n').Split(Separator);
        if (!system.IsSuccess
            || fields.Length < 3
            || !SystemIdentifier.TryParse(fields[0], out var identifier)
            || !int.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || !Lsn.TryParse(fields[2], out var position))
        {
            return (null, $"the leader at {leader} did not tell its history: {system.Failure ?? "no row"}");
        }

        if (number <= 1)
        {
            return (new LeaderHistory(identifier, new Timeline(number), position, []), "");
        }

        var file = await CommandAsync(
            leader, string.Create(CultureInfo.InvariantCulture, $"TIMELINE_HISTORY {number}"), aborted);
        return file.IsSuccess
            ? (new LeaderHistory(identifier, new Timeline(number), position, HistoryFile.Parse(AfterName(file.Output))), "")
            : (null, $"the leader at {leader} did not tell its history: {file.Failure}");
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
            var user = options.Now.Rewind ?? options.Now.Superuser;
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

    /// <summary>
    /// A replication command. By psql: a walsender takes simple queries only, and Npgsql's replication session reads
    /// the history as bytes where PostgreSQL 15 says text.
    /// </summary>
    private Task<ToolResult> CommandAsync(MemberAddress leader, string command, CancellationToken aborted)
    {
        string passFile;
        try
        {
            passFile = files.WritePassFile(leader);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Task.FromResult(new ToolResult(null, "", e.Message));
        }

        var now = options.Now;
        var connection = ConnectionText.Write(leader, now.Replication, passFile, now.Database, now.Name.Value);
        return tools.LookAsync(
            "psql",
            [
                "--no-psqlrc", "--no-align", "--tuples-only", "--no-password", $"--field-separator={Separator}",
                $"--dbname={connection} replication=true", $"--command={command}",
            ],
            aborted);
    }

    private static string AfterName(string output) => output[(output.IndexOf(Separator, StringComparison.Ordinal) + 1)..];
}
