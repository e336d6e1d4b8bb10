using System.Collections.Immutable;
using System.Text;

namespace Router.Testing.Wire;

/// <summary>
/// What happened, line by line. What no two runs have in common (pids, keys, object ids, the places where an error was
/// found, the version of the server) is written as a star.
/// </summary>
internal sealed class WireTrace
{
    private const int RecentMax = 15;

    private static readonly ImmutableHashSet<string> Places = ["F", "L", "R", "W"];

    private readonly List<string> _lines = [];

    public void Add(string line) => _lines.Add(line);

    public void Heard(string party, DecodedMessage message) => Add($"{party} < {WithoutChance(message)}");

    /// <summary>The last lines, for a failure.</summary>
    public string Recent() => string.Join('\n', _lines.TakeLast(RecentMax).Select(static line => "    " + line));

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var line in _lines)
        {
            text.Append(line).Append('\n');
        }

        return text.ToString();
    }

    private static DecodedMessage WithoutChance(DecodedMessage message)
    {
        var (terms, star) = (message.Terms, new WireTerm.Any());
        return message.Name switch
        {
            "BackendKeyData" => message with { Terms = [star, star] },
            "NotificationResponse" => message with { Terms = terms.SetItem(0, star) },
            "ParameterStatus" when terms[0] is WireTerm.Bytes { Text: "server_version" } =>
                message with { Terms = terms.SetItem(1, star) },
            "ErrorResponse" or "NoticeResponse" => message with
            {
                Terms = terms.RemoveAll(static term =>
                    term is WireTerm.Named named && Places.Contains(named.Key)),
            },
            "RowDescription" when terms[0] is WireTerm.List columns => message with
            {
                Terms = [columns with { Items = [.. columns.Items.Select(WithoutTable)] }],
            },
            _ => message,
        };
    }

    /// <summary>The second field of a column is its table's object id.</summary>
    private static WireTerm WithoutTable(WireTerm column) =>
        column is WireTerm.List { Items: [_, WireTerm.Bytes { Text: not "0" }, ..] } tuple
            ? tuple with { Items = tuple.Items.SetItem(1, new WireTerm.Any()) }
            : column;
}
