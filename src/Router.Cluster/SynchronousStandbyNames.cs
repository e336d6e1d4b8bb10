using System.Collections.Immutable;
using System.Globalization;

namespace Router.Cluster;

/// <summary>
/// A value of synchronous_standby_names: who has to acknowledge a commit. Names compare without regard to case, as
/// PostgreSQL compares them.
/// </summary>
/// <param name="IsQuorum">ANY: any <paramref name="Count"/> of the names; otherwise the first ones that stream.</param>
/// <param name="Count">How many have to acknowledge; 0 with no names.</param>
/// <param name="Names">The names; empty with a count stands for nobody who could ever acknowledge.</param>
public sealed record SynchronousStandbyNames(bool IsQuorum, int Count, ImmutableSortedSet<string> Names)
{
    /// <summary>A name that no member has: commits wait until a real standby takes its place (strict mode).</summary>
    public const string Placeholder = "__patroni_strict_sync_replica_placeholder__";

    public static readonly SynchronousStandbyNames None = new(false, 0, SyncState.EmptyStandbys);

    /// <summary>A commit waits for every one of the names, so that each of them has every acknowledged commit.</summary>
    public bool CoversAll => Names.IsEmpty || Count >= Names.Count;

    /// <summary>All of <paramref name="names"/> have to acknowledge.</summary>
    public static SynchronousStandbyNames All(ImmutableSortedSet<string> names) =>
        new(false, names.Count, names.WithComparer(StringComparer.OrdinalIgnoreCase));

    /// <summary>Null where the text is not a value that PostgreSQL would take, or where it names everybody.</summary>
    public static SynchronousStandbyNames? Parse(string text)
    {
        var tokens = Tokens(text);
        return tokens is null ? null : Read(tokens);
    }

    /// <summary>The text to set; with no names but a count, the placeholder.</summary>
    public string Format()
    {
        if (Names.IsEmpty)
        {
            return Count == 0 ? "" : Placeholder;
        }

        var list = string.Join(",", Names.Select(Quote));
        return (IsQuorum, Names.Count) switch
        {
            (true, _) => string.Create(CultureInfo.InvariantCulture, $"ANY {Count} ({list})"),
            (false, 1) => list,
            _ => string.Create(CultureInfo.InvariantCulture, $"{Count} ({list})"),
        };
    }

    private static SynchronousStandbyNames? Read(List<Token> tokens)
    {
        if (tokens.Count == 0)
        {
            return None;
        }

        var next = 0;
        var isQuorum = tokens[0].IsWord("any");
        if ((isQuorum || tokens[0].IsWord("first")) && tokens.Count > 1)
        {
            next++;
        }

        var count = 1;
        var end = tokens.Count;
        if (next + 1 < end && tokens[next + 1].IsMark('('))
        {
            if (tokens[next].IsQuoted
                || !int.TryParse(tokens[next].Text, NumberStyles.None, CultureInfo.InvariantCulture, out count)
                || !tokens[--end].IsMark(')'))
            {
                return null;
            }

            next += 2;
        }
        else if (next > 0)
        {
            return null;
        }

        return ReadList(tokens, next, end) is { } names
            ? new SynchronousStandbyNames(isQuorum, count, names.Remove(Placeholder))
            : null;
    }

    private static ImmutableSortedSet<string>? ReadList(List<Token> tokens, int next, int end)
    {
        var names = SyncState.EmptyStandbys.ToBuilder();
        for (var index = next; index < end; index++)
        {
            var isName = (index - next) % 2 == 0;
            if (isName ? tokens[index].Mark is not null || tokens[index].Text == "*" : !tokens[index].IsMark(','))
            {
                return null;
            }

            if (isName)
            {
                _ = names.Add(tokens[index].Text);
            }
        }

        return (end - next) % 2 == 1 ? names.ToImmutable() : null;
    }

    private static List<Token>? Tokens(string text)
    {
        var tokens = new List<Token>();
        for (var index = 0; index < text.Length;)
        {
            var start = index;
            switch (text[index])
            {
                case ' ' or '\t' or '\n' or '\r':
                    index++;
                    break;
                case '(' or ')' or ',':
                    tokens.Add(new Token(text[index..(index + 1)], text[index++], IsQuoted: false));
                    break;
                case '"':
                    for (index++; index < text.Length && (text[index] != '"' || IsDoubled(text, index)); index++)
                    {
                        index += text[index] == '"' ? 1 : 0;
                    }

                    if (index >= text.Length)
                    {
                        return null;
                    }

                    tokens.Add(new Token(Unquote(text[(start + 1)..index++]), null, IsQuoted: true));
                    break;
                default:
                    while (index < text.Length && !" \t\n\r(),\"".Contains(text[index], StringComparison.Ordinal))
                    {
                        index++;
                    }

                    tokens.Add(new Token(text[start..index], null, IsQuoted: false));
                    break;
            }
        }

        return tokens;
    }

    private static bool IsDoubled(string text, int index) => index + 1 < text.Length && text[index + 1] == '"';

    private static string Unquote(string inner) => inner.Replace("\"\"", "\"", StringComparison.Ordinal);

    private static string Quote(string name)
    {
        var isPlain = name.Length > 0 && !char.IsAsciiDigit(name[0])
            && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_')
            && !name.Equals("first", StringComparison.OrdinalIgnoreCase)
            && !name.Equals("any", StringComparison.OrdinalIgnoreCase);
        return isPlain ? name : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private readonly record struct Token(string Text, char? Mark, bool IsQuoted)
    {
        public bool IsMark(char mark) => Mark == mark;

        public bool IsWord(string word) => !IsQuoted && Text.Equals(word, StringComparison.OrdinalIgnoreCase);
    }
}
