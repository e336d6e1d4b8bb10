using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Router.Agent.Api;
using Router.Cluster;

namespace Router.Commands;

/// <summary>The members of a cluster as <c>patronictl list</c> and <c>topology</c> of 4.1 show them (patronictl.md 3).</summary>
internal static class CtlMemberTable
{
    private const int DefaultPort = 5432;

    public static CtlTable Build(ClusterView view, string scope, bool isExtended, bool isTopology)
    {
        var members = isTopology ? CtlTopology.Order(view) : view.Members.Select(member => (Member: member, Depth: 0));
        var hasPorts = NeedsPorts(view);
        var rows = members.Select(row => Row(view, scope, row.Member, row.Depth, hasPorts)).ToArray();
        CtlColumn[] columns =
        [
            new("Cluster", "Cluster", IsHiddenInPretty: true), new("Member"), new("Host"), new("Role"), new("State"),
            new("TL", isRightAligned: true),
            new("Receive LSN", isRightAligned: true), new("Receive Lag", "Lag", IsRightAligned: true),
            new("Replay LSN", isRightAligned: true), new("Replay Lag", "Lag", IsRightAligned: true),
            new("Pending restart"), new("Pending restart reason"), new("Scheduled restart"), new("Tags"),
        ];
        const int firstRare = 10;
        var shown = Enumerable.Range(0, columns.Length)
            .Where(index => index < firstRare || isExtended || rows.Any(row => row[index] is not null))
            .ToArray();
        return new CtlTable(
            $"Cluster: {scope} ({Identity(view)})",
            [.. shown.Select(index => columns[index])],
            [.. rows.Select(row => (IReadOnlyList<JsonNode?>)[.. shown.Select(index => row[index])])]);
    }

    /// <summary>Below the table: a pause, and a switchover that is scheduled.</summary>
    public static string ServiceLines(ClusterView view)
    {
        var text = new StringBuilder();
        if (view.Config.Value is { Settings.Pause: true })
        {
            text.Append(" Maintenance mode: on\n");
        }

        if (view.Failover.Value is { ScheduledAt: { } at } request)
        {
            var first = $" Switchover scheduled at: {at.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture)}";
            var labelWidth = " Switchover scheduled at:".Length;
            text.Append(first).Append('\n');
            AppendSide(text, "from:", request.Leader, labelWidth);
            AppendSide(text, "to:", request.Candidate, labelWidth);
        }

        return text.ToString();
    }

    private static JsonNode?[] Row(ClusterView view, string scope, Member member, int depth, bool hasPorts)
    {
        var isLeader = view.IsLockedBy(member.Name);
        var published = JsonNode.Parse(member.Json) as JsonObject;
        var (receive, replay) = Positions(member);
        return
        [
            scope,
            depth == 0 ? member.Name.Value : new string(' ', 2 * (depth - 1)) + "+ " + member.Name.Value,
            member.Address is not { } address ? null : hasPorts ? address.ToString() : address.Host,
            CultureInfo.InvariantCulture.TextInfo.ToTitleCase(
                ClusterDocument.RoleOf(view, member, IsStandbyCluster(view)).Replace('_', ' ')),
            isLeader ? member.State : member.ReplicationState ?? member.State,
            member.Timeline.IsKnown ? member.Timeline.Value : null,
            isLeader ? null : LsnText(receive),
            isLeader ? null : LagMegabytes(view, receive),
            isLeader ? null : LsnText(replay),
            isLeader ? null : LagMegabytes(view, replay),
            member.PendingRestart ? "*" : null,
            PendingReason(published?["pending_restart_reason"] as JsonObject),
            ScheduledRestart(published?["scheduled_restart"] as JsonObject),
            published?["tags"] is JsonObject { Count: > 0 } tags ? tags.DeepClone() : null,
        ];
    }

    /// <summary>An old member tells one position only: it counts as received while it streams, else as replayed.</summary>
    private static (Lsn? Receive, Lsn? Replay) Positions(Member member)
    {
        if (member.ReceiveLsn is not null || member.ReplayLsn is not null)
        {
            return (member.ReceiveLsn, member.ReplayLsn);
        }

        return member.ReplicationState == "streaming" ? (member.XlogLocation, null) : (null, member.XlogLocation);
    }

    private static string LsnText(Lsn? position) => position?.ToString() ?? "unknown";

    private static JsonNode? LagMegabytes(ClusterView view, Lsn? position) => position is { } known
        ? (long)Math.Round((view.Status.Value?.Optime ?? Lsn.Zero).LagBytes(known) / 1048576.0, MidpointRounding.ToEven)
        : null;

    private static JsonNode? PendingReason(JsonObject? reasons) => reasons is null
        ? null
        : string.Join('\n', reasons.Select(reason => Reason(reason.Key, reason.Value)));

    private static string Reason(string setting, JsonNode? change)
    {
        var text = $"{setting}: {change?["old_value"]}->{change?["new_value"]}";
        return text.Length > 50 ? $"{setting}: [hidden - too long]" : text;
    }

    private static JsonNode? ScheduledRestart(JsonObject? restart) => restart is null
        ? null
        : $"{restart["schedule"]}{(restart["postgres_version"] is { } version ? $" if version < {version}" : "")}";

    private static bool NeedsPorts(ClusterView view)
    {
        var addresses = view.Members.Select(member => member.Address).OfType<MemberAddress>().ToArray();
        return addresses.Any(address => address.Port != DefaultPort)
            || addresses.Select(address => address.Host).Distinct().Count() < addresses.Length;
    }

    private static string Identity(ClusterView view) => view.Initialize.Value switch
    {
        { Identifier: { } identifier } => identifier.ToString(),
        { } => "initializing",
        null => "uninitialized",
    };

    private static bool IsStandbyCluster(ClusterView view) =>
        view.Config.Value is { } config && JsonNode.Parse(config.Json)?["standby_cluster"] is JsonObject { Count: > 0 };

    private static void AppendSide(StringBuilder text, string label, MemberName? name, int width)
    {
        if (name is { } member)
        {
            text.Append(label.PadLeft(width)).Append(' ').Append(member.Value).Append('\n');
        }
    }
}
