using System.Collections.Immutable;
using System.Text.Json;
using Router.Cluster;

namespace Router.Dcs.Codecs;

/// <summary>The <c>history</c> key: rows of <c>[timeline, lsn, reason, timestamp, new_leader]</c>, the last two optional.</summary>
public static class HistoryCodec
{
    public static string Encode(ClusterHistory history)
    {
        var json = new CompactJson().BeginArray();
        foreach (var line in history.Lines)
        {
            _ = json.BeginArray().Number(line.Timeline.Value).Number(line.SwitchPoint.Value).Text(line.Reason);
            if (line.Timestamp is not null)
            {
                _ = json.Text(line.Timestamp);
                if (line.NewLeader is not null)
                {
                    _ = json.Text(line.NewLeader);
                }
            }

            _ = json.EndArray();
        }

        return json.EndArray().ToString();
    }

    public static ClusterHistory? TryDecode(string text)
    {
        if (JsonReading.TryParse(text) is not { ValueKind: JsonValueKind.Array } root)
        {
            return null;
        }

        var lines = ImmutableArray.CreateBuilder<HistoryLine>(root.GetArrayLength());
        foreach (var row in root.EnumerateArray())
        {
            if (TryDecodeLine(row) is not { } line)
            {
                return null;
            }

            lines.Add(line);
        }

        return new ClusterHistory(lines.ToImmutable());
    }

    private static HistoryLine? TryDecodeLine(JsonElement row)
    {
        if (row.ValueKind != JsonValueKind.Array
            || row.GetArrayLength() < 3
            || !row[0].TryInteger(out var timeline)
            || timeline is <= 0 or > int.MaxValue
            || !row[1].TryInteger(out var switchPoint))
        {
            return null;
        }

        return new HistoryLine(
            new Timeline((int)timeline), new Lsn(switchPoint), TextAt(row, 2) ?? "", TextAt(row, 3), TextAt(row, 4));
    }

    private static string? TextAt(JsonElement row, int index) =>
        index < row.GetArrayLength() && row[index].ValueKind == JsonValueKind.String ? row[index].GetString() : null;
}
