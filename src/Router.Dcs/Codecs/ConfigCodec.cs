using System.Text.Json;
using Router.Cluster;

namespace Router.Dcs.Codecs;

/// <summary>
/// The <c>config</c> key: Patroni's dynamic configuration. The text in the store is never rewritten to what was
/// adjusted; unknown keys stay.
/// </summary>
public static class ConfigCodec
{
    public static ClusterConfig? TryDecode(string text, TtlFloor floor)
    {
        if (JsonReading.TryParseObject(text) is not { } root)
        {
            return null;
        }

        var warnings = new List<string>();
        var settings = TimeoutAdjustment.Apply(ReadSettings(root, warnings), floor, warnings);
        return new ClusterConfig(text, settings, warnings.ToEquatableList());
    }

    /// <summary>
    /// The document after <c>PATCH /config</c> (RFC 7396: null deletes, objects merge, everything else replaces). A
    /// value that is the same as a string stays as it was. Null where either text is no object.
    /// </summary>
    public static string? Patch(string document, string patch)
    {
        if (JsonReading.TryParseObject(document) is not { } target || JsonReading.TryParseObject(patch) is not { } change)
        {
            return null;
        }

        var json = new CompactJson();
        Merge(json, target, change);
        return json.ToString();
    }

    /// <summary>The same keys, and leaves that are the same as strings: <c>"1"</c> equals <c>1</c>.</summary>
    public static bool AreSame(string left, string right) =>
        JsonReading.TryParse(left) is { } one && JsonReading.TryParse(right) is { } other && AreSame(one, other);

    private static HaSettings ReadSettings(JsonElement root, List<string> warnings)
    {
        var settings = new SettingReader(root, "", warnings);
        var postgresql = settings.Section("postgresql");
        return new HaSettings
        {
            Ttl = settings.Seconds("ttl", 30),
            LoopWait = settings.Seconds("loop_wait", 10),
            RetryTimeout = settings.Seconds("retry_timeout", 10),
            MaximumLagOnFailoverBytes = settings.Integer("maximum_lag_on_failover", 1_048_576, SettingUnit.Bytes),
            MaximumLagOnSyncnodeBytes =
                settings.Integer("maximum_lag_on_syncnode", -1, SettingUnit.Bytes, lowest: long.MinValue),
            CheckTimeline = settings.Boolean("check_timeline", false),
            Pause = settings.Boolean("pause", false),
            PrimaryStartTimeout = settings.Seconds("primary_start_timeout", 300, alias: "master_start_timeout"),
            PrimaryStopTimeout = settings.Seconds("primary_stop_timeout", 0, alias: "master_stop_timeout"),
            SynchronousMode = settings.Mode("synchronous_mode"),
            SynchronousModeStrict = settings.Boolean("synchronous_mode_strict", false),
            SynchronousNodeCount = settings.Count("synchronous_node_count", 1, lowest: 1),
            FailsafeMode = settings.Boolean("failsafe_mode", false),
            MaxTimelinesHistory = settings.Count("max_timelines_history", 0, lowest: 0),
            MemberSlotsTtl = settings.Seconds("member_slots_ttl", 1800),
            UseSlots = postgresql.Boolean("use_slots", true),
            UsePgRewind = postgresql.Boolean("use_pg_rewind", false),
            RemoveDataDirectoryOnDivergedTimelines =
                postgresql.Boolean("remove_data_directory_on_diverged_timelines", false),
        };
    }

    private static void Merge(CompactJson json, JsonElement target, JsonElement change)
    {
        _ = json.BeginObject();
        foreach (var (name, old) in Properties(target))
        {
            if (!change.TryGetProperty(name, out var value))
            {
                _ = json.Name(name).Copy(old);
            }
            else if (value.ValueKind != JsonValueKind.Null)
            {
                _ = json.Name(name);
                MergeValue(json, old, value);
            }
        }

        foreach (var (name, value) in Properties(change))
        {
            if (value.ValueKind != JsonValueKind.Null && !target.TryGetProperty(name, out _))
            {
                _ = json.Name(name);
                MergeValue(json, old: default, value);
            }
        }

        _ = json.EndObject();
    }

    private static void MergeValue(CompactJson json, JsonElement old, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            Merge(json, old.ValueKind == JsonValueKind.Object ? old : EmptyObject(), value);
            return;
        }

        _ = json.Copy(old.ValueKind != JsonValueKind.Undefined && AreSame(old, value) ? old : value);
    }

    private static JsonElement EmptyObject() => JsonReading.TryParseObject("{}")!.Value;

    private static bool AreSame(JsonElement left, JsonElement right)
    {
        if (left.ValueKind != JsonValueKind.Object || right.ValueKind != JsonValueKind.Object)
        {
            return LeafText(left) == LeafText(right);
        }

        var properties = Properties(left);
        return properties.Count == Properties(right).Count
            && properties.All(property =>
                right.TryGetProperty(property.Key, out var other) && AreSame(property.Value, other));
    }

    private static string LeafText(JsonElement leaf) => leaf.ValueKind switch
    {
        JsonValueKind.String => leaf.GetString()!,
        // Python's words: the text "True" equals the boolean.
        JsonValueKind.True => "True",
        JsonValueKind.False => "False",
        JsonValueKind.Null => "None",
        _ => CompactJson.TextOf(leaf),
    };

    /// <summary>In the order written; of a name that is there twice the last value counts, as in Python.</summary>
    private static OrderedDictionary<string, JsonElement> Properties(JsonElement element)
    {
        var properties = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            properties[property.Name] = property.Value;
        }

        return properties;
    }
}
