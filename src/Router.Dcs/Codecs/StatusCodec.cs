using System.Collections.Immutable;
using System.Text.Json;
using Router.Cluster;

namespace Router.Dcs.Codecs;

/// <summary>The <c>status</c> key, and its predecessor <c>optime/leader</c>: a bare number.</summary>
public static class StatusCodec
{
    public static string Encode(ClusterStatus status)
    {
        var json = new CompactJson().BeginObject().Name("optime").Number(status.Optime.Value);
        if (!status.Slots.IsEmpty)
        {
            _ = json.Name("slots").BeginObject();
            foreach (var (name, position) in status.Slots)
            {
                _ = json.Name(name).Number(position.Value);
            }

            _ = json.EndObject();
        }

        if (!status.RetainSlots.IsDefaultOrEmpty)
        {
            _ = json.Name("retain_slots").BeginArray();
            foreach (var name in status.RetainSlots.Order(StringComparer.Ordinal))
            {
                _ = json.Text(name);
            }

            _ = json.EndArray();
        }

        return json.EndObject().ToString();
    }

    public static ClusterStatus? TryDecode(string text)
    {
        if (JsonReading.TryParse(text) is not { } root)
        {
            return null;
        }

        if (root.TryInteger(out var bare))
        {
            return new ClusterStatus(new Lsn(bare), ImmutableSortedDictionary<string, Lsn>.Empty, []);
        }

        // No position is not position 0: by it every member would count as caught up.
        if (root.ValueKind != JsonValueKind.Object || root.IntegerOrNull("optime") is not { } optime)
        {
            return null;
        }

        return TryDecodeSlots(root) is { } slots && TryDecodeRetained(root) is { } retained
            ? new ClusterStatus(new Lsn(optime), slots, retained)
            : null;
    }

    private static ImmutableSortedDictionary<string, Lsn>? TryDecodeSlots(JsonElement root)
    {
        var slots = ImmutableSortedDictionary.CreateBuilder<string, Lsn>(StringComparer.Ordinal);
        if (Unwrap(root, "slots") is not { } stored)
        {
            return slots.ToImmutable();
        }

        if (stored.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (var slot in stored.EnumerateObject())
        {
            // One slot's garbage must not hide the position of the leader.
            if (slot.Value.TryInteger(out var position))
            {
                slots[slot.Name] = new Lsn(position);
            }
        }

        return slots.ToImmutable();
    }

    private static ImmutableArray<string>? TryDecodeRetained(JsonElement root)
    {
        if (Unwrap(root, "retain_slots") is not { } stored)
        {
            return [];
        }

        if (stored.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        return
        [
            .. stored.EnumerateArray()
                .Where(item => item.ValueKind == JsonValueKind.String)
                .Select(item => item.GetString()!),
        ];
    }

    /// <summary>Kubernetes' annotations hold the inner documents as text.</summary>
    private static JsonElement? Unwrap(JsonElement root, string name)
    {
        if (!root.TryGet(name, out var value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.String && JsonReading.TryParse(value.GetString()!) is { } inner
            ? inner
            : value;
    }
}
