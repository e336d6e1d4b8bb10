using System.Text;

namespace Router.Configuration.PgBouncer.Conversion;

/// <summary>Writes lines of YAML, with comments behind or between them.</summary>
internal sealed class YamlText
{
    private const int CommentColumn = 44;

    private readonly StringBuilder _text = new();

    public void Blank() => _text.Append('\n');

    /// <summary>A line of its own.</summary>
    public void Comment(string comment) => _text.Append("# ").Append(Printable(comment)).Append('\n');

    /// <summary>A line as it is, and where it comes from behind it.</summary>
    public void Line(string line, string comment) =>
        _text.Append(line.PadRight(CommentColumn)).Append("  # ").Append(Printable(comment)).Append('\n');

    public void Line(string line) => _text.Append(line).Append('\n');

    /// <summary>A text that stays one, whatever is in it.</summary>
    public static string Quoted(string text) => $"'{Printable(text).Replace("'", "''", StringComparison.Ordinal)}'";

    public override string ToString() => _text.ToString();

    /// <summary>A control character would end the line, or the document.</summary>
    private static string Printable(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter)) : text;
}
