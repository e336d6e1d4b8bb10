using System.Collections.Immutable;
using Router.Configuration.Yaml;

namespace Router.Configuration.PgBouncer.Ini;

/// <summary>
/// PgBouncer's dialect of INI: whole-line comments, values to the end of the line and never quoted, <c>%include</c> in
/// any place. A section goes on across the beginning and the end of an included file. PgBouncer stops at the first line
/// that it cannot read; this goes on with the next, so that everything is said at once.
/// </summary>
/// <param name="textOf">The text of a file, asked for at a position; null where it was reported as unreadable.</param>
internal sealed class IniReader(Func<string, SourcePosition, string?> textOf, Findings findings)
{
    private const int NestingMax = 10;
    private const int FilesMax = 1_000;

    /// <summary>What a decoder puts in the place of bytes that mean nothing; a comment may hold it.</summary>
    private const char NoCharacter = '\uFFFD';

    private readonly List<(string Name, SourcePosition At, List<IniEntry> Entries)> _sections = [];
    private readonly List<string> _open = [];
    private int _filesRead;

    /// <summary>Null where the file itself cannot be read.</summary>
    public ImmutableArray<IniSection>? Read(string file)
    {
        if (textOf(file, new SourcePosition(file, 0, 0)) is not { } text)
        {
            return null;
        }

        ReadFile(file, text);
        return [.. _sections.Select(section => new IniSection(section.Name, section.At, [.. section.Entries]))];
    }

    private void ReadFile(string file, string text)
    {
        _open.Add(file);
        _filesRead++;
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            ReadLine(new IniLine(file, ++number, line));
        }

        _open.RemoveAt(_open.Count - 1);
    }

    private void ReadLine(IniLine line)
    {
        // A key may follow a header on its line.
        while (line.SkipBlanks())
        {
            if (line.TakeInclude(out var path, out var at))
            {
                Include(path, at);
                return;
            }

            if (line.Next is '#' or ';')
            {
                return;
            }

            if (line.Next != '[')
            {
                ReadEntry(line);
                return;
            }

            at = line.At;
            if (!line.TakeHeader(out var name))
            {
                findings.Error(at, "", "a header without its ']'; write it on one line, such as [databases]");
                return;
            }

            _sections.Add((name, at, []));
        }
    }

    private void ReadEntry(IniLine line)
    {
        // The line may hold a password, so it is not repeated.
        if (!line.TakeEntry(out var entry))
        {
            findings.Error(line.At, "", "expected 'key = value' here; a key has letters, digits and _ . * -, "
                + "or is all in 'single quotes'");
        }
        else if (_sections.Count == 0)
        {
            findings.Error(entry.KeyAt, entry.Key, "stands before the first header; write [pgbouncer] above it");
        }
        else if ((entry.Key + entry.Text).Contains(NoCharacter, StringComparison.Ordinal))
        {
            findings.Error(entry.KeyAt, "", "this line holds bytes that are not UTF-8; save the file in UTF-8");
        }
        else
        {
            _sections[^1].Entries.Add(entry);
        }
    }

    private void Include(string path, SourcePosition at)
    {
        if (path.Length == 0)
        {
            findings.Error(at, "", "%include names no file; write '%include FILE'");
        }
        else if (_open.Contains(path))
        {
            findings.Error(at, "", $"{path} includes itself ({string.Join(" -> ", _open.Append(path))}); remove one %include");
        }
        else if (_open.Count > NestingMax)
        {
            findings.Error(at, "", $"%include is nested more than {NestingMax} deep; join some of the files");
        }
        else if (_filesRead == FilesMax)
        {
            findings.Error(at, "", $"more than {FilesMax} files are included; join some of them");
        }
        else if (textOf(path, at) is { } text)
        {
            ReadFile(path, text);
        }
    }
}
