using System.Text.Json;
using Router.Cluster;

namespace Router.Dcs.Codecs;

/// <summary>A <c>members/NAME</c> key: writes Patroni's text, reads every form that Patroni ever wrote.</summary>
public static class MemberCodec
{
    private const string LegacySeparator = "?application_name=";

    public static string Encode(MemberReport report)
    {
        var json = new CompactJson()
            .BeginObject()
            .Name("conn_url").Text(report.ConnUrl)
            .Name("api_url").Text(report.ApiUrl)
            .Name("state").Text(report.State)
            .Name("role").Text(MemberRoles.TextOf(report.Role))
            .Name("version").Text(report.Version);
        if (report.ProxyUrl is not null)
        {
            _ = json.Name("proxy_url").Text(report.ProxyUrl);
        }

        if (report.AwaitsCheckpointAfterPromote)
        {
            _ = json.Name("checkpoint_after_promote").Boolean(false);
        }

        EncodeTags(report, json);
        EncodePendingRestart(report, json);
        EncodePositions(report, json);
        EncodeScheduledRestart(report, json);
        if (report.Pause)
        {
            _ = json.Name("pause").Boolean(true);
        }

        if (report.Agent is not null)
        {
            _ = json.Name("agent").Text(report.Agent);
        }

        return json.EndObject().ToString();
    }

    /// <summary>
    /// Never fails: of a key that cannot be read only the name is known, and <see cref="Member.IsUnreadable"/> says so.
    /// </summary>
    public static Member Decode(string name, string? text, Revision modRevision)
    {
        var unreadable = new Member { Name = new MemberName(name), ModRevision = modRevision, IsUnreadable = true };
        if (text is null)
        {
            return unreadable;
        }

        if (JsonReading.TryParseObject(text) is { } root)
        {
            return DecodeObject(root, text, unreadable with { IsUnreadable = false });
        }

        return text.StartsWith("postgres", StringComparison.Ordinal)
            ? DecodeLegacy(text, unreadable with { IsUnreadable = false })
            : unreadable;
    }

    private static void EncodeTags(MemberReport report, CompactJson json)
    {
        if (report.Tags.Count == 0)
        {
            return;
        }

        _ = json.Name("tags").BeginObject();
        foreach (var (name, value) in report.Tags)
        {
            _ = json.Name(name).Raw(value);
        }

        _ = json.EndObject();
    }

    private static void EncodePendingRestart(MemberReport report, CompactJson json)
    {
        if (!report.PendingRestart)
        {
            return;
        }

        _ = json.Name("pending_restart").Boolean(true);
        if (report.PendingRestartReasons.Count == 0)
        {
            return;
        }

        _ = json.Name("pending_restart_reason").BeginObject();
        foreach (var reason in report.PendingRestartReasons)
        {
            _ = json.Name(reason.Parameter).BeginObject()
                .Name("old_value").Text(reason.OldValue)
                .Name("new_value").Text(reason.NewValue)
                .EndObject();
        }

        _ = json.EndObject();
    }

    private static void EncodePositions(MemberReport report, CompactJson json)
    {
        if (report.XlogLocation is { } location)
        {
            _ = json.Name("xlog_location").Number(location.Value);
        }

        if (report.ReplayLsn is { Value: > 0 } replayed)
        {
            _ = json.Name("replay_lsn").Number(replayed.Value);
        }

        if (report.ReceiveLsn is { Value: > 0 } received)
        {
            _ = json.Name("receive_lsn").Number(received.Value);
        }

        if (report.ReplicationState is not null)
        {
            _ = json.Name("replication_state").Text(report.ReplicationState);
        }

        if (report.Timeline.IsKnown)
        {
            _ = json.Name("timeline").Number(report.Timeline.Value);
        }
    }

    private static void EncodeScheduledRestart(MemberReport report, CompactJson json)
    {
        if (report.ScheduledRestart is not { } restart)
        {
            return;
        }

        _ = json.Name("scheduled_restart").BeginObject()
            .Name("schedule").Text(FailoverCodec.IsoTime(restart.Schedule));
        if (restart.Role is not null)
        {
            _ = json.Name("role").Text(restart.Role);
        }

        if (restart.PostgresVersion is not null)
        {
            _ = json.Name("postgres_version").Text(restart.PostgresVersion);
        }

        if (restart.RestartPending is { } pending)
        {
            _ = json.Name("restart_pending").Boolean(pending);
        }

        if (restart.TimeoutSeconds is { } seconds)
        {
            _ = json.Name("timeout").Number(seconds);
        }

        _ = json.Name("postmaster_start_time").Text(restart.PostmasterStartTime).EndObject();
    }

    private static Member DecodeObject(JsonElement root, string text, Member named)
    {
        var timeline = root.IntegerOrNull("timeline");
        return named with
        {
            ConnUrl = root.TextOrNull("conn_url"),
            Address = TryParseAddress(root.TextOrNull("conn_url")),
            ApiUrl = root.TextOrNull("api_url"),
            State = root.TextOrNull("state") ?? "",
            Role = MemberRoles.Parse(root.TextOrNull("role")),
            Version = root.TextOrNull("version"),
            Agent = root.TextOrNull("agent"),
            Tags = root.TryGet("tags", out var tags) ? MemberTagsCodec.Decode(tags) : MemberTags.None,
            XlogLocation = LsnOrNull(root, "xlog_location"),
            ReceiveLsn = LsnOrNull(root, "receive_lsn"),
            ReplayLsn = LsnOrNull(root, "replay_lsn"),
            ReplicationState = root.TextOrNull("replication_state"),
            Timeline = timeline is > 0 and <= int.MaxValue ? new Timeline((int)timeline) : Timeline.Unknown,
            AwaitsCheckpointAfterPromote = root.TryGet("checkpoint_after_promote", out var checkpoint)
                && SettingText.TryBoolean(checkpoint) is false,
            PendingRestart = root.IsTrue("pending_restart"),
            Pause = root.IsTrue("pause"),
            Json = text,
        };
    }

    /// <summary>Before it wrote JSON, Patroni wrote <c>postgres://…?application_name=API_URL</c>.</summary>
    private static Member DecodeLegacy(string text, Member named)
    {
        var separator = text.IndexOf(LegacySeparator, StringComparison.Ordinal);
        var connUrl = separator < 0 ? text : text[..separator];
        var apiUrl = separator < 0 ? null : text[(separator + LegacySeparator.Length)..];
        return named with
        {
            ConnUrl = connUrl,
            Address = TryParseAddress(connUrl),
            ApiUrl = apiUrl,
            Json = new CompactJson().BeginObject()
                .Name("conn_url").Text(connUrl)
                .Name("api_url").Text(apiUrl)
                .EndObject()
                .ToString(),
        };
    }

    private static Lsn? LsnOrNull(JsonElement root, string name) =>
        root.IntegerOrNull(name) is { } position ? new Lsn(position) : null;

    private static MemberAddress? TryParseAddress(string? connUrl)
    {
        if (!Uri.TryCreate(connUrl, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
        {
            return null;
        }

        return new MemberAddress(uri.Host.Trim('[', ']'), uri.Port > 0 ? uri.Port : 5432);
    }
}
