namespace Router.Proxy.Console;

/// <summary>A command of the console: a verb, and what follows it. Both as PgBouncer reads them.</summary>
/// <param name="Verb">In upper case; empty for an empty command.</param>
/// <param name="Argument">Without its quotes; null where there is none.</param>
internal sealed record ConsoleCommand(string Verb, string? Argument)
{
    private const int ArgumentMax = 64;

    /// <summary>
    /// Reads one command: a word and at most one argument, a bare word or one in double quotes; a semicolon may end it.
    /// SELECT is another word for SHOW. Null where the text has another form.
    /// </summary>
    public static ConsoleCommand? Parse(string sql)
    {
        var rest = sql.AsSpan().Trim().TrimEnd(';').Trim();
        var end = rest.IndexOfAny(" \t\r\n".AsSpan());
        var verb = (end < 0 ? rest : rest[..end]).ToString().ToUpperInvariant();
        if (verb.Length > 0 && !verb.AsSpan().ContainsAnyExceptInRange('A', '_'))
        {
            var argument = end < 0 ? [] : rest[end..].Trim();
            return argument.IsEmpty ? new ConsoleCommand(Show(verb), null)
                : Unquote(argument) is { } value ? new ConsoleCommand(Show(verb), value)
                : null;
        }

        return verb.Length == 0 ? new ConsoleCommand("", null) : null;
    }

    private static string Show(string verb) => verb == "SELECT" ? "SHOW" : verb;

    private static string? Unquote(ReadOnlySpan<char> text)
    {
        if (text[0] == '"')
        {
            return text.Length is > 2 and <= ArgumentMax + 2 && text[^1] == '"'
                ? text[1..^1].ToString().Replace("\"\"", "\"", StringComparison.Ordinal)
                : null;
        }

        foreach (var letter in text)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter != '_')
            {
                return null;
            }
        }

        return text.Length <= ArgumentMax ? text.ToString() : null;
    }
}
