using System.Collections.Immutable;
using System.Globalization;
using Router.Cluster;
using Router.Configuration.Yaml;

namespace Router.Configuration;

/// <summary>
/// Reads one mapping key by key and remembers which keys it was asked for: whatever else is there is unknown. A value
/// that does not fit is reported and read as absent, so that one pass finds everything.
/// </summary>
internal sealed class Section(YamlMapping mapping, string path, Findings findings)
{
    private readonly HashSet<string> _known = [];
    private readonly HashSet<string> _unused = [];
    private readonly List<Section> _children = [];
    private bool _isOpen;

    public SourcePosition At => mapping.At;

    public bool IsEmpty => mapping.Entries.IsEmpty;

    public string PathOf(string key) => path.Length == 0 ? key : $"{path}.{key}";

    public bool Has(string key) => Node(key) is not null;

    /// <summary>Where a key stands; the section's own place where it is absent.</summary>
    public SourcePosition PositionOf(string key) => mapping.Find(key)?.Value.At ?? mapping.At;

    /// <summary>A nested section; an absent one reads as empty.</summary>
    public Section Child(string key)
    {
        if (_children.Find(known => known.IsAt(PathOf(key))) is { } read)
        {
            return read;
        }

        if (Node(key) is not YamlMapping nested)
        {
            if (Node(key) is { } other)
            {
                findings.Error(other.At, PathOf(key), "expected a section: its keys on the lines below, indented");
            }

            nested = new YamlMapping(PositionOf(key), []);
        }

        var child = new Section(nested, PathOf(key), findings);
        _children.Add(child);
        return child;
    }

    /// <summary>The value as written; null where absent or null.</summary>
    public YamlNode? Node(string key)
    {
        _known.Add(key);
        return mapping.Find(key)?.Value is { } value and not YamlScalar { IsNull: true } ? value : null;
    }

    public string? Text(string key)
    {
        switch (Node(key))
        {
            case null:
                return null;
            case YamlScalar scalar:
                return scalar.Text;
            case var other:
                findings.Error(other.At, PathOf(key), "expected a single value");
                return null;
        }
    }

    public Secret? Secret(string key) => Text(key) is { } text ? new Secret(text) : null;

    /// <summary>Reports the absence of a key that has no default.</summary>
    public string RequiredText(string key, string whatToDo)
    {
        var text = Text(key);
        if (string.IsNullOrWhiteSpace(text))
        {
            findings.Error(PositionOf(key), PathOf(key), $"is missing; {whatToDo}");
        }

        return text ?? "";
    }

    public string OneOf(string key, string byDefault, params ReadOnlySpan<string> choices)
    {
        var text = Text(key);
        if (text is null)
        {
            return byDefault;
        }

        // 'off' is a choice of some keys and a boolean of YAML 1.1; as text it stays what was written.
        if (choices.Contains(text))
        {
            return text;
        }

        Complain(key, text, $"write {string.Join(", ", choices.ToArray())}");
        return byDefault;
    }

    public bool Flag(string key, bool byDefault) => Flag(key) ?? byDefault;

    /// <summary>Booleans of YAML 1.1, and their names in quotes as well as 0 and 1, which Patroni takes too.</summary>
    public bool? Flag(string key)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        switch (text.ToLowerInvariant())
        {
            case "on" or "true" or "yes" or "1":
                return true;
            case "off" or "false" or "no" or "0":
                return false;
            default:
                Complain(key, text, "write true or false");
                return null;
        }
    }

    public int Number(string key, int byDefault, int min, int max)
    {
        if (Text(key) is not { } text)
        {
            return byDefault;
        }

        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= min && number <= max)
        {
            return number;
        }

        Complain(key, text, $"write a whole number from {min} to {max}");
        return byDefault;
    }

    public TimeSpan Duration(string key, TimeSpan byDefault, TimeSpan min)
    {
        if (Text(key) is not { } text)
        {
            return byDefault;
        }

        if (Units.Duration(text) is { } duration && duration >= min)
        {
            return duration;
        }

        Complain(key, text, $"write a time of at least {min.TotalSeconds} s, such as 30, 10s or 500ms");
        return byDefault;
    }

    /// <summary>A time of which a bare number counts milliseconds, where the key comes from PgBouncer and does so there.</summary>
    public TimeSpan Milliseconds(string key, TimeSpan byDefault)
    {
        if (Text(key) is not { } text)
        {
            return byDefault;
        }

        if (Units.Duration(text.All(char.IsAsciiDigit) ? text + "ms" : text) is { } duration
            && duration.TotalMilliseconds <= int.MaxValue)
        {
            return duration;
        }

        Complain(key, text, "write a time, such as 30s or 500ms; a bare number counts milliseconds");
        return byDefault;
    }

    public long SizeBytes(string key, long byDefault, long min, long max)
    {
        if (Text(key) is not { } text)
        {
            return byDefault;
        }

        if (Units.SizeBytes(text) is { } size && size >= min && size <= max)
        {
            return size;
        }

        Complain(key, text, $"write a size from {min} to {max} bytes, such as 64kB or 512MB");
        return byDefault;
    }

    /// <summary><c>host:port</c>; without <paramref name="defaultPort"/> the port must be there.</summary>
    public MemberAddress? Address(string key, int? defaultPort = null)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        if (HostAndPort.Parse(text, defaultPort) is { } address)
        {
            return address;
        }

        Complain(key, text, "write host:port, such as 10.0.0.1:5432 or [::1]:5432");
        return null;
    }

    /// <summary>A list, or one text with commas.</summary>
    public ImmutableArray<string> List(string key)
    {
        switch (Node(key))
        {
            case null:
                return [];
            case YamlScalar scalar:
                return [.. scalar.Text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
            case YamlSequence sequence when sequence.Items.All(item => item is YamlScalar):
                return [.. sequence.Items.Cast<YamlScalar>().Select(item => item.Text)];
            case var other:
                findings.Error(other.At, PathOf(key), "expected a list of single values");
                return [];
        }
    }

    /// <summary>Lines of a file such as pg_hba.conf: a list; commas belong to the line.</summary>
    public ImmutableArray<string>? Lines(string key)
    {
        switch (Node(key))
        {
            case null:
                return null;
            case YamlScalar scalar:
                return [.. scalar.Text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
            default:
                return List(key);
        }
    }

    /// <summary>A mapping whose keys are the user's own; booleans as PostgreSQL writes them.</summary>
    public ImmutableSortedDictionary<string, string> Map(string key)
    {
        switch (Node(key))
        {
            case null:
                return ImmutableSortedDictionary<string, string>.Empty;
            case YamlMapping map when map.Entries.All(entry => entry.Value is YamlScalar):
                return map.Entries
                    .Select(entry => (entry.Key, Value: (YamlScalar)entry.Value))
                    .Where(entry => !entry.Value.IsNull)
                    .ToImmutableSortedDictionary(entry => entry.Key, entry => Plain(entry.Value));
            case var other:
                findings.Error(other.At, PathOf(key), "expected keys with single values");
                return ImmutableSortedDictionary<string, string>.Empty;
        }
    }

    /// <summary>The keys of this section are the user's own beside the ones that are read.</summary>
    public IEnumerable<YamlEntry> OwnKeys()
    {
        _isOpen = true;
        return mapping.Entries.Where(entry => !_known.Contains(entry.Key));
    }

    public void Complain(string key, string value, string whatToDo) =>
        findings.Error(PositionOf(key), PathOf(key), $"'{value}' does not fit; {whatToDo}");

    /// <summary>As <see cref="Complain"/>, for a value that may hold a secret.</summary>
    public void ComplainUnseen(string key, string sentence) =>
        findings.Error(PositionOf(key), PathOf(key), sentence);

    /// <summary>A key of Patroni's that is known and not used here; said only where it is written.</summary>
    public void NotUsed(string key, string why)
    {
        _unused.Add(key);
        if (Has(key))
        {
            findings.Notice(PositionOf(key), PathOf(key), $"is not used; {why}");
        }
    }

    /// <summary>As <see cref="NotUsed"/>, where going on without the value would be wrong.</summary>
    public void Refuse(string key, string why)
    {
        _unused.Add(key);
        if (Has(key))
        {
            findings.Error(PositionOf(key), PathOf(key), why);
        }
    }

    /// <summary>Reports what nobody asked for, here and below.</summary>
    public void ReportUnknown(FindingSeverity severity)
    {
        foreach (var entry in mapping.Entries.Where(entry => !_isOpen && !_known.Contains(entry.Key)))
        {
            var meant = Spelling.Nearest(entry.Key, _known);
            var advice = meant is null ? "remove it" : $"did you mean '{meant}'?";
            findings.Add(severity, entry.At, PathOf(entry.Key), $"unknown key; {advice}");
        }

        foreach (var child in _children)
        {
            child.ReportUnknown(severity);
        }
    }

    /// <summary>Every path that has an effect, here and below; a section by its keys.</summary>
    public IEnumerable<string> KnownPaths() =>
        _known.Where(key => !_unused.Contains(key) && !_children.Exists(child => child.IsAt(PathOf(key)))).Select(PathOf)
            .Concat(_children.SelectMany(child => child.KnownPaths()));

    private bool IsAt(string candidate) => path == candidate;

    private static string Plain(YamlScalar scalar) => YamlTypes.AsBoolean(scalar) switch
    {
        true => "on",
        false => "off",
        null => scalar.Text,
    };
}
