using System.Globalization;
using Router.Cluster;

namespace Router.Postgres.History;

/// <summary>PostgreSQL's timeline history files: one row for each timeline that ended before.</summary>
internal static class HistoryFile
{
    public static string NameOf(Timeline timeline) =>
        string.Create(CultureInfo.InvariantCulture, $"{timeline.Value:X8}.history");

    /// <summary>Rows as they stand, oldest first; comments and blank lines are left out, as the server does.</summary>
    public static IReadOnlyList<HistoryLine> Parse(string text)
    {
        var rows = new List<HistoryLine>();
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = line.Split('\t', 3);
            if (!line.StartsWith('#')
                && fields.Length >= 2
                && int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var timeline)
                && Lsn.TryParse(fields[1].Trim(), out var switchPoint))
            {
                rows.Add(new HistoryLine(
                    new Timeline(timeline), switchPoint, fields.Length > 2 ? fields[2] : "", null, null));
            }
        }

        return rows;
    }
}
