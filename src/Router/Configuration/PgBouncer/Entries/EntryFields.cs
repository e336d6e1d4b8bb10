using System.Collections.Immutable;
using Router.Configuration.PgBouncer.Ini;
using Router.Configuration.PgBouncer.Settings;
using Router.Configuration.Yaml;

namespace Router.Configuration.PgBouncer.Entries;

/// <summary>
/// Reads the keys of one entry and remembers which it was asked for: whatever else is there is unknown. Of a key that
/// comes twice the last counts. Numbers are read as PgBouncer reads them here, by their beginning: what it drops is
/// warned about.
/// </summary>
internal sealed class EntryFields
{
    private readonly HashSet<string> _known = [];
    private readonly string _path;
    private readonly Findings _findings;
    private readonly FindingSeverity _severity;

    private EntryFields(ImmutableArray<IniEntry> pairs, string path, Findings findings, FindingSeverity severity) =>
        (Pairs, _path, _findings, _severity) = (pairs, path, findings, severity);

    /// <summary>In the order of the file.</summary>
    public ImmutableArray<IniEntry> Pairs { get; }

    /// <summary>Nothing of it is in vain.</summary>
    public bool IsGood { get; private set; } = true;

    /// <summary>Null where the value cannot be split.</summary>
    public static EntryFields? Of(
        IniEntry entry, string path, Findings findings, FindingSeverity severity = FindingSeverity.Error) =>
        ConnectionString.Split(entry, (at, sentence) => findings.Add(severity, at, path, sentence)) is { } pairs
            ? new EntryFields(pairs, path, findings, severity)
            : null;

    public string? Text(string key) => Find(key)?.Text;

    public Secret? Secret(string key) => Find(key) is { } pair ? new Secret(pair.Text) : null;

    /// <summary>Names with commas between them; none where the key is absent.</summary>
    public ImmutableArray<string> List(string key) =>
        [.. (Text(key) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>A negative one means the same as none.</summary>
    public int? Number(string key)
    {
        if (Find(key) is not { } pair)
        {
            return null;
        }

        var number = CNumber.Leading(pair.Text);
        if (!pair.Text.All(char.IsAsciiDigit))
        {
            var taken = number < 0 ? "nothing" : $"{number}";
            _findings.Warning(pair.At, PathOf(key), $"'{pair.Text}' is not a whole number; taken as {taken}, as PgBouncer does");
        }

        return number < 0 ? null : number;
    }

    /// <summary>Whole seconds.</summary>
    public TimeSpan? Seconds(string key) => Number(key) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    public int Port(string key, int byDefault)
    {
        if (Find(key) is not { } pair)
        {
            return byDefault;
        }

        if (CNumber.Leading(pair.Text) is > 0 and <= ushort.MaxValue && Number(key) is { } port)
        {
            return port;
        }

        Complain(key, "write a port from 1 to 65535");
        return byDefault;
    }

    public T? Choice<T>(string key, SettingKind<T> kind)
        where T : struct
    {
        if (Find(key) is not { } pair)
        {
            return null;
        }

        var (fits, value) = kind.Read(pair.Text);
        if (fits)
        {
            return value;
        }

        Complain(key, kind.Advice);
        return null;
    }

    /// <summary>Reports a key without which the entry is none.</summary>
    public void Require(string key, SourcePosition entryAt, string whatToDo)
    {
        if (Find(key) is null)
        {
            Report(entryAt, PathOf(key), $"is missing; {whatToDo}");
        }
    }

    public void Complain(string key, string whatToDo)
    {
        if (Find(key) is { } pair)
        {
            Report(pair.At, PathOf(key), $"'{pair.Text}' does not fit; {whatToDo}");
        }
    }

    /// <summary>Reports what nobody asked for.</summary>
    public void ReportUnknown()
    {
        foreach (var (index, pair) in Pairs.Index())
        {
            if (_known.Contains(pair.Key))
            {
                continue;
            }

            // Behind a password the key may be a piece of it: a blank ends a value that is not in quotes.
            if (Pairs.Take(index).Any(before => before.Key == "password"))
            {
                Report(pair.KeyAt, _path, "unknown key behind the password; put a value that holds blanks in 'single quotes'");
                continue;
            }

            var meant = Spelling.Nearest(pair.Key, _known);
            var advice = meant is null ? "remove it" : $"did you mean '{meant}'?";
            Report(pair.KeyAt, PathOf(pair.Key), $"unknown key; {advice}");
        }
    }

    private IniEntry? Find(string key)
    {
        _known.Add(key);
        return Pairs.LastOrDefault(pair => pair.Key == key);
    }

    private string PathOf(string key) => $"{_path}.{key}";

    private void Report(SourcePosition at, string path, string sentence)
    {
        IsGood = false;
        _findings.Add(_severity, at, path, sentence);
    }
}
