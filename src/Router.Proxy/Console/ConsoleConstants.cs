namespace Router.Proxy.Console;

/// <summary>What drivers ask of every server, and the console answers with constants, as PgBouncer does.</summary>
internal static class ConsoleConstants
{
    public static string? Find(string name) => name.ToUpperInvariant() switch
    {
        "CLIENT_ENCODING" => "UTF-8",
        "DATESTYLE" => "ISO",
        "TIMEZONE" => "GMT",
        "STANDARD_CONFORMING_STRINGS" => "on",
        "DEFAULT_TRANSACTION_ISOLATION" => "read committed",
        _ => null,
    };

    public static ConsoleTable? Table(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        var table = new ConsoleTable((name.ToLowerInvariant(), ConsoleType.Text));
        table.Add(value);
        return table;
    }
}
