using System.Collections.Immutable;

namespace Router.Proxy.Authentication.Hba;

/// <summary>
/// Reads an HBA file. Unlike PgBouncer, which skips a line that it cannot read and so may let in whom that line kept out,
/// every such line is a finding, after which the file is not to be used. Total: it never throws.
/// </summary>
/// <param name="textOf">The text of a file, or what is wrong with it.</param>
public sealed class HbaReader(Func<string, (string? Text, string? Problem)> textOf, Action<HbaFinding> complain)
{
    /// <summary>Files that name files that name files.</summary>
    private const int DepthMax = 10;

    /// <param name="identPath">Null: there are no maps.</param>
    /// <returns>To be used where there was no finding only.</returns>
    public HbaRules Read(string path, string? identPath)
    {
        var maps = ImmutableDictionary<string, IdentMap>.Empty;
        if (identPath is not null)
        {
            var (idents, unreadable) = textOf(identPath);
            maps = idents is null ? maps : IdentReader.Read(identPath, idents, complain);
            if (unreadable is not null)
            {
                complain(new HbaFinding(identPath, 0, unreadable));
            }
        }

        var (text, problem) = textOf(path);
        if (text is null)
        {
            complain(new HbaFinding(path, 0, problem ?? "cannot be read"));
            return HbaRules.Empty;
        }

        var rules = ImmutableArray.CreateBuilder<HbaRule>();
        foreach (var line in HbaScanner.Lines(text).Where(static line => !line.IsEmpty))
        {
            try
            {
                rules.Add(new HbaLineReader(Expanded(path, line), maps).Read());
            }
            catch (FormatException refused)
            {
                complain(new HbaFinding(path, line.Number, refused.Message));
            }
        }

        return new HbaRules(rules.ToImmutable());
    }

    /// <summary>With the words of the files that its lists of names name.</summary>
    private HbaLine Expanded(string path, HbaLine line) => line.Problem is { } problem
        ? throw new FormatException(problem)
        : line with
        {
            Fields = [.. line.Fields.Select((field, i) => i is 1 or 2 ? [.. field.SelectMany(word => Expanded(path, word, 1))] : field)],
        };

    private IEnumerable<HbaWord> Expanded(string path, HbaWord word, int depth)
    {
        if (word.IsQuoted || word.Text is not ['@', _, ..])
        {
            return [word];
        }

        var file = Path.Combine(Path.GetDirectoryName(path) ?? "", word.Text[1..]);
        var (text, problem) = textOf(file);
        if (text is null || depth == DepthMax)
        {
            throw new FormatException($"{file}: {problem ?? "is named by itself, or too deep"}");
        }

        return HbaScanner.Lines(text).SelectMany(line => line.Problem is { } wrong
            ? throw new FormatException($"{file}:{line.Number}: {wrong}")
            : line.Fields.SelectMany(field => field.SelectMany(inner => Expanded(file, inner, depth + 1))));
    }
}
