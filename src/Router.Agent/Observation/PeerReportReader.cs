using System.Text.Json;
using Router.Cluster;
using Router.Cluster.Local;
using Router.Dcs.Codecs;

namespace Router.Agent.Observation;

/// <summary>
/// Reads another agent's answer to GET /patroni, ours or Patroni's (rest-api.md 5): without positions it counts as not
/// running.
/// </summary>
internal static class PeerReportReader
{
    /// <exception cref="JsonException">The body is not JSON.</exception>
    public static PeerReport Read(MemberName name, ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("The answer is no JSON object.");
        }

        var hasPositions = TryObject(root, "xlog", out var xlog) || TryObject(root, "wal", out xlog);
        var location = hasPositions ? Number(xlog, "location") : 0;
        var isInRecovery = location == 0 && Text(root, "role") is not ("primary" or "master");
        var position = isInRecovery && hasPositions
            ? Math.Max(Number(xlog, "received_location"), Number(xlog, "replayed_location"))
            : location;
        return new PeerReport(
            name,
            hasPositions,
            isInRecovery,
            new Lsn(position),
            new Timeline((int)Number(root, "timeline")),
            TryObject(root, "tags", out var tags) ? MemberTagsCodec.Decode(tags) : MemberTags.None,
            Flag(root, "watchdog_failed"))
        {
            IsStopped = !hasPositions && Text(root, "state") is ("stopped" or "crashed" or "start failed"),
        };
    }

    private static bool TryObject(JsonElement parent, string name, out JsonElement value) =>
        parent.TryGetProperty(name, out value) && value.ValueKind == JsonValueKind.Object;

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long Number(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var number) ? number : 0;

    private static bool Flag(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
}
