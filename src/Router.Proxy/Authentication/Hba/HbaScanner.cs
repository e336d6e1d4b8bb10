using System.Collections.Immutable;
using System.Text;

namespace Router.Proxy.Authentication.Hba;

/// <summary>
/// Cuts a text into lines, fields and words by the rules of pg_hba.conf: blanks part fields and commas the words of one,
/// a quote may begin anywhere and is doubled to stand for itself, # begins a comment, and a backslash at its end joins a
/// line to the next.
/// </summary>
internal static class HbaScanner
{
    public static IEnumerable<HbaLine> Lines(string text)
    {
        var (number, first) = (0, 1);
        var joined = new StringBuilder();
        foreach (var raw in text.Split('\n'))
        {
            number++;
            var line = raw.TrimEnd('\r');
            if (line.EndsWith('\\'))
            {
                joined.Append(line.AsSpan(0, line.Length - 1));
                continue;
            }

            yield return Cut(joined.Append(line).ToString(), first);
            joined.Clear();
            first = number + 1;
        }

        if (joined.Length > 0)
        {
            yield return Cut(joined.ToString(), first);
        }
    }

    public static HbaLine Cut(string line, int number)
    {
        var fields = ImmutableArray.CreateBuilder<ImmutableArray<HbaWord>>();
        var words = ImmutableArray.CreateBuilder<HbaWord>();
        var (at, isList) = (0, false);
        while (at < line.Length && line[at] != '#')
        {
            if (char.IsWhiteSpace(line[at]))
            {
                at++;
                continue;
            }

            if (line[at] == ',')
            {
                if (words.Count == 0 || isList)
                {
                    return Done("a comma stands where a word was expected");
                }

                (at, isList) = (at + 1, true);
                continue;
            }

            if (ReadWord(line, ref at) is not { } word)
            {
                return Done("a quote is not closed");
            }

            if (!isList && words.Count > 0)
            {
                fields.Add(words.DrainToImmutable());
            }

            words.Add(word);
            isList = false;
        }

        return Done(isList ? "a list ends with a comma" : null);

        HbaLine Done(string? problem)
        {
            if (words.Count > 0)
            {
                fields.Add(words.DrainToImmutable());
            }

            return new HbaLine(number, fields.DrainToImmutable(), problem);
        }
    }

    private static HbaWord? ReadWord(string line, ref int at)
    {
        var (text, isQuoted, isInQuotes) = (new StringBuilder(), line[at] == '"', false);
        for (; at < line.Length; at++)
        {
            var character = line[at];
            if (character == '"')
            {
                var isDoubled = isInQuotes && at + 1 < line.Length && line[at + 1] == '"';
                if (!isDoubled)
                {
                    isInQuotes = !isInQuotes;
                    continue;
                }

                at++;
            }
            else if (!isInQuotes && (char.IsWhiteSpace(character) || character is ',' or '#'))
            {
                break;
            }

            text.Append(character);
        }

        return isInQuotes ? null : new HbaWord(text.ToString(), isQuoted);
    }
}
