using System.Text.Json;
using Router.Cluster;

namespace Router.Postgres.Settings;

/// <summary>What the cluster's <c>config</c> document says of PostgreSQL.</summary>
/// <param name="Parameters">postgresql.parameters; names compare without regard to case.</param>
/// <param name="RecoveryConf">postgresql.recovery_conf.</param>
/// <param name="HbaLines">postgresql.pg_hba, where it is there.</param>
/// <param name="IdentLines">postgresql.pg_ident, where it is there.</param>
/// <param name="IsSynchronous">synchronous_mode is on: the agent sets synchronous_standby_names.</param>
internal sealed record ClusterParameters(
    IReadOnlyDictionary<string, string> Parameters,
    IReadOnlyDictionary<string, string> RecoveryConf,
    EquatableList<string>? HbaLines,
    EquatableList<string>? IdentLines,
    bool IsSynchronous)
{
    public static readonly ClusterParameters None = Parse("{}")!;

    /// <summary>Null when the document is not a JSON object.</summary>
    public static ClusterParameters? Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var postgresql = root.TryGetProperty("postgresql", out var section) ? section : default;
            return new ClusterParameters(
                ReadPairs(postgresql, "parameters"),
                ReadPairs(postgresql, "recovery_conf"),
                ReadLines(postgresql, "pg_hba"),
                ReadLines(postgresql, "pg_ident"),
                root.TryGetProperty("synchronous_mode", out var mode) && IsOn(ReadScalar(mode)));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsOn(string? mode) =>
        mode?.ToLowerInvariant() is "on" or "true" or "yes" or "1" or "quorum";

    private static Dictionary<string, string> ReadPairs(JsonElement section, string name)
    {
        var pairs = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (Property(section, name) is { ValueKind: JsonValueKind.Object } found)
        {
            foreach (var property in found.EnumerateObject())
            {
                if (ReadScalar(property.Value) is { } value)
                {
                    pairs[property.Name] = value;
                }
            }
        }

        return pairs;
    }

    private static EquatableList<string>? ReadLines(JsonElement section, string name) =>
        Property(section, name) is { ValueKind: JsonValueKind.Array } found
            ? found.EnumerateArray().Select(ReadScalar).OfType<string>().ToEquatableList()
            : null;

    private static JsonElement? Property(JsonElement section, string name) =>
        section.ValueKind == JsonValueKind.Object && section.TryGetProperty(name, out var found) ? found : null;

    private static string? ReadScalar(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.GetRawText(),
        JsonValueKind.True => "on",
        JsonValueKind.False => "off",
        _ => null,
    };
}
