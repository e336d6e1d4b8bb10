using System.Text;
using Router.Postgres.Options;

namespace Router.Postgres.Files;

/// <summary>
/// The text of postgresql.conf: what PostgreSQL's configuration grammar needs quoted, and reading back what we wrote.
/// </summary>
internal static class ConfText
{
    /// <summary>The server unescapes backslashes and doubled quotes inside a quoted value.</summary>
    public static string Quote(string value)
    {
        var text = new StringBuilder(value.Length + 2).Append('\'');
        foreach (var c in value)
        {
            _ = c switch
            {
                '\'' => text.Append("''"),
                '\\' => text.Append(@"\\"),
                '\n' => text.Append(@"\n"),
                '\r' => text.Append(@"\r"),
                _ => text.Append(c),
            };
        }

        return text.Append('\'').ToString();
    }

    public static string Line(PostgresSetting setting) => $"{setting.Name} = {Quote(setting.Value)}";

    /// <summary>The name that a line sets, in lower case; null for comments, blank lines and directives.</summary>
    public static string? NameOf(string line)
    {
        var text = line.AsSpan().TrimStart();
        var end = 0;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '.'))
        {
            end++;
        }

        return end == 0 || text[..end].StartsWith("include", StringComparison.OrdinalIgnoreCase)
            ? null
            : text[..end].ToString().ToLowerInvariant();
    }

    /// <summary>The value that a text gives to a parameter, its last line of that name counting; null: none.</summary>
    public static string? ValueOf(string text, string name)
    {
        string? value = null;
        foreach (var line in text.Split('\n'))
        {
            if (NameOf(line) == name)
            {
                value = Unquote(line.TrimStart()[name.Length..].TrimStart(' ', '\t', '='));
            }
        }

        return value;
    }

    /// <summary>The text without the lines that set one of the names, as postgresql.auto.conf needs it.</summary>
    public static string Without(string text, IReadOnlySet<string> names) =>
        string.Join('\n', text.Split('\n').Where(line => NameOf(line) is not { } name || !names.Contains(name)));

    private static string Unquote(string rest)
    {
        if (rest.Length == 0 || rest[0] != '\'')
        {
            var end = rest.AsSpan().IndexOfAny(" \t\r#");
            return end < 0 ? rest : rest[..end];
        }

        var value = new StringBuilder();
        for (var i = 1; i < rest.Length; i++)
        {
            var next = i + 1 < rest.Length ? rest[i + 1] : '\0';
            if (rest[i] == '\'' && next != '\'')
            {
                break;
            }

            if (rest[i] is '\'' or '\\')
            {
                value.Append(rest[i] == '\\' && next == 'n' ? '\n' : next);
                i++;
                continue;
            }

            value.Append(rest[i]);
        }

        return value.ToString();
    }
}
