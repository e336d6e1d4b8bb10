using System.Text.RegularExpressions;

namespace Router.Proxy.Console;

/// <summary>A command of the console: a verb, and what follows it. Both as PgBouncer reads them.</summary>
/// <param name="Verb">In upper case; empty for an empty command.</param>
/// <param name="Argument">Without its quotes; null where there is none.</param>
/// <param name="Value">What SET sets, without its quotes; null in every other command.</param>
internal sealed partial record ConsoleCommand(string Verb, string? Argument, string? Value = null)
{
    private const int ArgumentMax = 64;
    private const int ValueMax = 256;

    /// <summary>
    /// Reads one command: a word and at most one argument, a bare word or one in double quotes; or SET with a value, a bare
    /// word or one in single quotes. A semicolon may end it. SELECT is another word for SHOW. Null where the text has
    /// another form.
    /// </summary>
    public static ConsoleCommand? Parse(string sql)
    {
        if (sql.AsSpan().Trim().TrimEnd(';').Trim().IsEmpty)
        {
            return new ConsoleCommand("", null);
        }

        if (SetForm().Match(sql) is { Success: true } set)
        {
            return new ConsoleCommand("SET", Unquote(set.Groups["key"].Value), Unquote(set.Groups["value"].Value));
        }

        if (PlainForm().Match(sql) is not { Success: true } plain)
        {
            return null;
        }

        var verb = plain.Groups["verb"].Value.ToUpperInvariant();
        var argument = plain.Groups["argument"] is { Success: true } found ? Unquote(found.Value) : null;
        return new ConsoleCommand(verb == "SELECT" ? "SHOW" : verb, argument);
    }

    /// <summary>Longer ones are nobody's name.</summary>
    public bool IsTooLong => Argument?.Length >= ArgumentMax || Value?.Length >= ValueMax;

    private static string Unquote(string text) => text[0] is var quote and ('"' or '\'')
        ? text[1..^1].Replace($"{quote}{quote}", $"{quote}", StringComparison.Ordinal)
        : text;

    [GeneratedRegex("""^\s*(?<verb>[0-9a-z_]+)(\s+(?<argument>"([^"]|"")+"|[0-9a-z_]+))?\s*(;\s*)?$""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex PlainForm();

    [GeneratedRegex("""^\s*set\s+(?<key>"[^"]+"|[0-9a-z_]+)\s*(=|to)\s*(?<value>'([^']|'')*'|"[^"]+"|[0-9a-z_]+)\s*(;\s*)?$""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex SetForm();
}
