using System.Text.Json.Nodes;

namespace Router.Commands;

/// <summary>The verbs that only read the store.</summary>
internal static class CtlReports
{
    public static async Task<int> ListAsync(CtlOptions options, CtlSession session, bool isTopology)
    {
        var view = await session.ReadAsync();
        var format = isTopology ? "pretty" : options.Format;
        await session.Terminal.Out.WriteAsync(
            CtlMemberTable.Build(view, session.Scope, options.IsExtended, isTopology).Format(format));
        if (format == "pretty")
        {
            await session.Terminal.Out.WriteAsync(CtlMemberTable.ServiceLines(view));
        }

        return ExitCode.Ok;
    }

    public static async Task<int> HistoryAsync(CtlOptions options, CtlSession session)
    {
        var view = await session.ReadAsync();
        CtlColumn[] columns =
        [
            new("TL", isRightAligned: true), new("LSN", isRightAligned: true), new("Reason"), new("Timestamp"), new("New Leader"),
        ];
        var rows = (view.History.Value?.Lines ?? [])
            .Select(line => (IReadOnlyList<JsonNode?>)
                [line.Timeline.Value, line.SwitchPoint.Value, line.Reason, line.Timestamp, line.NewLeader])
            .ToArray();
        await session.Terminal.Out.WriteAsync(new CtlTable(null, columns, rows).Format(options.Format));
        return ExitCode.Ok;
    }

    public static async Task<int> ShowConfigAsync(CtlSession session)
    {
        var view = await session.ReadAsync();
        var config = view.Config.Value ?? throw new CtlException($"cluster {session.Scope} has no configuration in the store");
        await session.Terminal.Out.WriteAsync(CtlYaml.Write(JsonNode.Parse(config.Json)));
        return ExitCode.Ok;
    }
}
