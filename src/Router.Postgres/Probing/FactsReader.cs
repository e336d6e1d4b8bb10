using System.Data.Common;
using System.Text.Json;
using Npgsql;
using Router.Cluster;
using Router.Cluster.Local;
using Router.Postgres.Options;

namespace Router.Postgres.Probing;

/// <summary>Runs the probe's query on a session and turns its row into facts.</summary>
internal static class FactsReader
{
    public static async Task<ServerAnswer> ReadAsync(NpgsqlConnection connection, CancellationToken aborted)
    {
        await using var command = new NpgsqlCommand(FactsQuery.Sql, connection);
        await using var row = await command.ExecuteReaderAsync(aborted);
        _ = await row.ReadAsync(aborted);
        var (settings, pending) = ReadSettings(Text(row, "settings")!);
        return new ServerAnswer(
            ReadFacts(row), Text(row, "conninfo") ?? "", Text(row, "slot_name") ?? "", settings, pending);
    }

    private static PostgresFacts ReadFacts(DbDataReader row)
    {
        var isStandby = row.GetBoolean(row.GetOrdinal("is_standby"));
        return new PostgresFacts
        {
            State = PostgresState.Running,
            IsInRecovery = isStandby,
            Timeline = new Timeline(Number(row, "timeline")),
            FlushLsn = Position(row, "flush_lsn"),
            ReceiveLsn = isStandby ? Position(row, "receive_lsn") : Lsn.Zero,
            ReplayLsn = isStandby ? Position(row, "replay_lsn") : Lsn.Zero,
            IsReplayPaused = row.GetBoolean(row.GetOrdinal("is_paused")),
            ReplayTimestamp = Time(row, "replay_time"),
            ReplicationState = Text(row, "replication_state"),
            PostmasterStartTime = Time(row, "start_time"),
            ServerVersion = Number(row, "version"),
            SynchronousStandbyNames = Text(row, "sync_names") ?? "",
            SynchronousCommit = Text(row, "sync_commit") ?? "on",
            Control = ReadControl(row, isStandby),
            Standbys = ReadStandbys(Text(row, "standbys")!),
            Slots = ReadSlots(Text(row, "slots")!),
        };
    }

    private static ControlFile ReadControl(DbDataReader row, bool isStandby)
    {
        _ = SystemIdentifier.TryParse(Text(row, "identifier"), out var identifier);
        return new ControlFile(
            isStandby ? "in archive recovery" : "in production",
            identifier,
            new Timeline(Number(row, "control_timeline")),
            Position(row, "checkpoint_lsn"),
            Position(row, "minimum_lsn"),
            new Timeline(Number(row, "minimum_timeline")));
    }

    private static EquatableList<StandbyConnection> ReadStandbys(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateArray().Select(item => new StandbyConnection(
            Text(item, "name") ?? "",
            Text(item, "state") ?? "",
            Text(item, "sync") ?? "",
            Position(item, "write"),
            Position(item, "flush"),
            Position(item, "replay"),
            Text(item, "user") ?? "",
            Text(item, "address"),
            item.GetProperty("priority") is { ValueKind: JsonValueKind.Number } priority ? priority.GetInt32() : 0))
            .ToEquatableList();
    }

    private static EquatableList<ReplicationSlot> ReadSlots(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateArray().Select(item => new ReplicationSlot(
            Text(item, "name")!,
            item.GetProperty("physical").GetBoolean(),
            item.GetProperty("active").GetBoolean(),
            Position(item, "restart"),
            Position(item, "confirmed"))).ToEquatableList();
    }

    private static (List<PostgresSetting> Settings, HashSet<string> Pending) ReadSettings(string json)
    {
        using var document = JsonDocument.Parse(json);
        var settings = new List<PostgresSetting>();
        var pending = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in document.RootElement.EnumerateArray())
        {
            var name = Text(item, "name")!;
            settings.Add(new PostgresSetting(name, Text(item, "value") ?? ""));
            if (item.GetProperty("pending").GetBoolean())
            {
                pending.Add(name);
            }
        }

        return (settings, pending);
    }

    private static string? Text(JsonElement item, string name) =>
        item.GetProperty(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static Lsn? Position(JsonElement item, string name) =>
        item.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? new Lsn(number.GetInt64()) : null;

    private static string? Text(DbDataReader row, string name) =>
        row.GetOrdinal(name) is var at && row.IsDBNull(at) ? null : row.GetString(at);

    private static int Number(DbDataReader row, string name) =>
        row.GetOrdinal(name) is var at && row.IsDBNull(at) ? 0 : row.GetInt32(at);

    private static Lsn Position(DbDataReader row, string name) => new(row.GetInt64(row.GetOrdinal(name)));

    private static DateTimeOffset? Time(DbDataReader row, string name) =>
        row.GetOrdinal(name) is var at && row.IsDBNull(at) ? null : new DateTimeOffset(row.GetDateTime(at));
}
