using System.Collections.Immutable;
using System.Text.Json;
using Router.Cluster;

namespace Router.Dcs.Codecs;

/// <summary>The <c>tags</c> of a member's key.</summary>
public static class MemberTagsCodec
{
    public static MemberTags Decode(JsonElement tags)
    {
        if (tags.ValueKind != JsonValueKind.Object)
        {
            return MemberTags.None;
        }

        var (noFailover, failoverPriority) = Priority(tags, "nofailover", "failover_priority");
        var (noSync, syncPriority) = Priority(tags, "nosync", "sync_priority");
        return new MemberTags
        {
            NoFailover = noFailover,
            FailoverPriority = failoverPriority,
            NoSync = noSync,
            SyncPriority = syncPriority,
            CloneFrom = tags.IsTrue("clonefrom"),
            NoLoadBalance = tags.IsTrue("noloadbalance"),
            NoStream = tags.IsTrue("nostream"),
            ReplicateFrom = tags.TextOrNull("replicatefrom"),
            Published = Publish(tags),
        };
    }

    /// <summary>Where both tags are given and contradict each other, the boolean wins.</summary>
    private static (bool Excluded, int Priority) Priority(JsonElement tags, string exclusion, string priority)
    {
        var excluded = tags.TryGet(exclusion, out var value) ? SettingText.TryBoolean(value) : null;
        var number = tags.TryGet(priority, out var given) ? SettingText.TryInteger(given, SettingUnit.Plain) ?? 1 : 1;
        if (excluded is false && number <= 0)
        {
            number = 1;
        }

        return (excluded is true, (int)Math.Clamp(number, 0, int.MaxValue));
    }

    private static ImmutableSortedDictionary<string, string> Publish(JsonElement tags)
    {
        var published = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var tag in tags.EnumerateObject())
        {
            published[tag.Name] = CompactJson.TextOf(tag.Value);
        }

        return published.ToImmutable();
    }
}
