using System.Collections.Immutable;
using System.Text.Json;
using Router.Cluster;

namespace Router.Dcs.Codecs;

/// <summary>The <c>sync</c> key: <c>{"leader":…,"quorum":…,"sync_standby":"a,b"}</c>; no leader means inactive.</summary>
public static class SyncCodec
{
    public static string Encode(SyncState sync) => new CompactJson()
        .BeginObject()
        .Name("leader").Text(sync.Leader?.Value)
        .Name("quorum").Number(sync.Quorum)
        .Name("sync_standby").Text(sync.Standbys.IsEmpty
            ? null
            : string.Join(',', sync.Standbys.Order(StringComparer.Ordinal)))
        .EndObject()
        .ToString();

    public static SyncState? TryDecode(string text)
    {
        if (text.Length == 0)
        {
            return SyncState.Inactive;
        }

        if (JsonReading.TryParseObject(text) is not { } root)
        {
            return null;
        }

        if (!root.TryGet("leader", out var leader) || leader is { ValueKind: JsonValueKind.String } && leader.GetString() is "")
        {
            return SyncState.Inactive;
        }

        if (root.TextOrNull("leader") is not { } holder
            || TryDecodeStandbys(root) is not { } standbys
            || TryDecodeQuorum(root) is not { } quorum)
        {
            return null;
        }

        return new SyncState(new MemberName(holder), standbys, quorum);
    }

    private static ImmutableSortedSet<string>? TryDecodeStandbys(JsonElement root)
    {
        if (!root.TryGet("sync_standby", out var value))
        {
            return SyncState.EmptyStandbys;
        }

        return value.ValueKind == JsonValueKind.String
            ? SyncState.EmptyStandbys.Union(value.GetString()!.Split(
                ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            : null;
    }

    private static int? TryDecodeQuorum(JsonElement root)
    {
        if (!root.TryGet("quorum", out var value))
        {
            return 0;
        }

        return value.TryInteger(out var quorum) && quorum is >= 0 and <= int.MaxValue ? (int)quorum : null;
    }
}
