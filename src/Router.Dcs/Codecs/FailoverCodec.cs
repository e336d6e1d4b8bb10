using System.Buffers;
using System.Globalization;
using Router.Cluster;

namespace Router.Dcs.Codecs;

/// <summary>The <c>failover</c> key: <c>{"leader":…,"member":…,"scheduled_at":…}</c>; old text <c>leader:member</c>.</summary>
public static class FailoverCodec
{
    private static readonly SearchValues<char> JsonMarks = SearchValues.Create("{}[]\",");

    public static string Encode(FailoverRequest request)
    {
        var json = new CompactJson().BeginObject();
        if (request.Leader is { } leader)
        {
            _ = json.Name("leader").Text(leader.Value);
        }

        if (request.Candidate is { } candidate)
        {
            _ = json.Name("member").Text(candidate.Value);
        }

        if (request.ScheduledAt is { } scheduledAt)
        {
            _ = json.Name("scheduled_at").Text(IsoTime(scheduledAt));
        }

        return json.EndObject().ToString();
    }

    public static FailoverRequest? TryDecode(string text)
    {
        var trimmed = text.Trim();
        if (trimmed.Length == 0)
        {
            return new FailoverRequest(null, null, null);
        }

        if (JsonReading.TryParseObject(trimmed) is not { } root)
        {
            return TryDecodeLegacy(trimmed);
        }

        DateTimeOffset? scheduledAt = null;
        if (root.TextOrNull("scheduled_at") is { } schedule)
        {
            if (!DateTimeOffset.TryParse(
                schedule, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed))
            {
                return null;
            }

            scheduledAt = parsed;
        }

        return new FailoverRequest(NameOrNull(root.TextOrNull("leader")), NameOrNull(root.TextOrNull("member")), scheduledAt);
    }

    /// <summary>As Python's <c>isoformat</c>: microseconds only where there are any.</summary>
    internal static string IsoTime(DateTimeOffset time)
    {
        var hasFraction = time.Ticks % TimeSpan.TicksPerSecond != 0;
        return time.ToString(
            hasFraction ? "yyyy-MM-dd'T'HH:mm:ss.ffffffzzz" : "yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
    }

    /// <summary>Broken JSON has colons too, so nothing that looks like JSON is taken for the old text.</summary>
    private static FailoverRequest? TryDecodeLegacy(string text)
    {
        var parts = text.Split(':', StringSplitOptions.TrimEntries);
        if (parts.Length != 2 || text.AsSpan().ContainsAny(JsonMarks) || text.Length == 1)
        {
            return null;
        }

        return new FailoverRequest(NameOrNull(parts[0]), NameOrNull(parts[1]), null);
    }

    private static MemberName? NameOrNull(string? name) => string.IsNullOrEmpty(name) ? null : new MemberName(name);
}
