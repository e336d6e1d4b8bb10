using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Router.Agent.Api;

namespace Router.Commands;

/// <summary>Rows under titled columns, in the three forms of patronictl.</summary>
/// <param name="Title">Shown in the upper border; null: none.</param>
internal sealed record CtlTable(string? Title, IReadOnlyList<CtlColumn> Columns, IReadOnlyList<IReadOnlyList<JsonNode?>> Rows)
{
    public string Format(string format) => format switch
    {
        "json" => ToJson(),
        "tsv" => ToTsv(),
        _ => ToPretty(),
    };

    private string ToJson()
    {
        var rows = new JsonArray();
        foreach (var row in Rows)
        {
            var members = new JsonObject();
            foreach (var (column, cell) in Columns.Zip(row))
            {
                if (cell is not null)
                {
                    members[column.Key] = cell.DeepClone();
                }
            }

            rows.Add((JsonNode)members);
        }

        return PythonJson.Write(rows) + "\n";
    }

    private string ToTsv()
    {
        var text = new StringBuilder();
        text.Append(string.Join('\t', Columns.Select(column => column.Key))).Append('\n');
        foreach (var row in Rows)
        {
            text.Append(string.Join('\t', row.Select(cell => Text(cell).Replace('\n', ' ')))).Append('\n');
        }

        return text.ToString();
    }

    private string ToPretty()
    {
        var shown = Enumerable.Range(0, Columns.Count).Where(index => !Columns[index].IsHiddenInPretty).ToArray();
        var cells = Rows.Select(row => shown.Select(index => Text(row[index]).Split('\n')).ToArray()).ToArray();
        var widths = shown
            .Select((index, place) => cells
                .SelectMany(row => row[place])
                .Select(line => line.Length)
                .Append(Columns[index].Title.Length)
                .Max())
            .ToArray();
        var border = "+" + string.Concat(widths.Select(width => new string('-', width + 2) + "+"));
        var hasTallRow = cells.Any(row => row.Any(cell => cell.Length > 1));

        var text = new StringBuilder();
        text.Append(Overlay(border)).Append('\n');
        AppendLine(text, shown, widths, place => Columns[shown[place]].Title);
        text.Append(border).Append('\n');
        foreach (var row in cells)
        {
            for (var line = 0; line < row.Max(cell => cell.Length); line++)
            {
                AppendLine(text, shown, widths, place => row[place].ElementAtOrDefault(line) ?? "");
            }

            if (hasTallRow)
            {
                text.Append(border).Append('\n');
            }
        }

        if (!hasTallRow)
        {
            text.Append(border).Append('\n');
        }

        return text.ToString();
    }

    private void AppendLine(StringBuilder text, int[] shown, int[] widths, Func<int, string> cellAt)
    {
        for (var place = 0; place < shown.Length; place++)
        {
            var (cell, width) = (cellAt(place), widths[place]);
            text.Append("| ")
                .Append(Columns[shown[place]].IsRightAligned ? cell.PadLeft(width) : cell.PadRight(width))
                .Append(' ');
        }

        text.Append("|\n");
    }

    private string Overlay(string border) => Title is null
        ? border
        : $"+ {Title} {(border.Length > Title.Length + 3 ? border[(Title.Length + 3)..] : "")}";

    private static string Text(JsonNode? cell) => cell switch
    {
        null => "",
        JsonObject members => string.Join('\n', members.Select(member => $"{member.Key}: {Text(member.Value)}")),
        JsonArray => cell.ToJsonString(),
        JsonValue value when value.TryGetValue<long>(out var number) => number.ToString(CultureInfo.InvariantCulture),
        _ => cell.ToString(),
    };
}
