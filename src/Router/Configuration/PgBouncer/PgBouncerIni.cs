using Router.Configuration.PgBouncer.Entries;
using Router.Configuration.PgBouncer.Ini;
using Router.Configuration.PgBouncer.Settings;
using Router.Configuration.Yaml;

namespace Router.Configuration.PgBouncer;

/// <summary>
/// Reads a <c>pgbouncer.ini</c>. What PgBouncer refuses is an error; what it takes, but hardly as it was meant, is a
/// warning. Stricter than PgBouncer is only what it would bend: a number that is too big for its type, a port that no
/// socket has, and bytes that are not UTF-8.
/// </summary>
internal sealed class PgBouncerIni
{
    private readonly Findings _findings;
    private readonly OrderedDictionary<string, DatabaseEntry> _databases = [];
    private readonly OrderedDictionary<string, UserEntry> _users = [];
    private readonly OrderedDictionary<string, PeerEntry> _peers = [];
    private SettingValues _settings = SettingValues.Default;
    private bool _hasSettings;

    private PgBouncerIni(Findings findings) => _findings = findings;

    /// <summary>Null when there was an error; what to say is in <paramref name="findings"/>.</summary>
    public static PgBouncerConfiguration? Load(string file, Findings findings) =>
        Read(file, (path, askedAt) => IniFiles.Read(path, askedAt, findings), findings);

    /// <summary>As <see cref="Load"/>, from texts instead of files.</summary>
    public static PgBouncerConfiguration? Read(string file, Func<string, SourcePosition, string?> textOf, Findings findings)
    {
        if (new IniReader(textOf, findings).Read(file) is not { } sections)
        {
            return null;
        }

        var ini = new PgBouncerIni(findings);
        foreach (var section in sections)
        {
            ini.Read(section);
        }

        if (!ini._hasSettings)
        {
            findings.Error(new SourcePosition(file, 0, 0), "", "has no section [pgbouncer]; write that header, if need be alone");
        }

        RelationRules.Check(ini._settings, findings);
        return findings.HasErrors ? null : ini.Result(file);
    }

    private PgBouncerConfiguration Result(string file) => new()
    {
        File = file,
        Settings = _settings,
        Databases = [.. _databases.Values],
        Users = [.. _users.Values],
        Peers = [.. _peers.Values],
    };

    private void Read(IniSection section)
    {
        switch (section.Name)
        {
            case "pgbouncer":
                Open(section);
                foreach (var entry in section.Entries)
                {
                    ReadSetting(entry);
                }

                break;
            case "databases":
                ReadEntries(section, DatabaseSection.Read, _databases);
                break;
            case "users":
                ReadEntries(section, UserSection.Read, _users);
                break;
            case "peers":
                ReadEntries(section, PeerSection.Read, _peers);
                break;
            default:
                var advice = Spelling.Nearest(section.Name, ["pgbouncer", "databases", "users", "peers"]) is { } meant
                    ? $"did you mean [{meant}]?"
                    : "there are [pgbouncer], [databases], [users] and [peers]";
                _findings.Error(section.At, "", $"unknown section [{section.Name}]; {advice}");
                break;
        }
    }

    /// <summary>PgBouncer begins every section of this name with the defaults.</summary>
    private void Open(IniSection section)
    {
        var before = _settings;
        _settings = before.WithDefaults();
        var lost = SettingTable.All.Where(setting => before.Written(setting) != _settings.Written(setting)).ToList();
        if (lost.Count > 0)
        {
            _findings.Warning(section.At, "", "[pgbouncer] opens again and, as in PgBouncer, puts back to its default "
                + $"what was set before: {string.Join(", ", lost)}; join the two");
        }

        _hasSettings = true;
    }

    private void ReadSetting(IniEntry entry)
    {
        if (SettingTable.Find(entry.Key) is not { } setting)
        {
            var meant = Spelling.Nearest(entry.Key, SettingTable.Keys);
            var advice = meant is null ? "remove it" : $"did you mean '{meant}'?";
            _findings.Error(entry.KeyAt, entry.Key, $"unknown key; {advice}");
            return;
        }

        if (setting.Read(entry.Text) is not { } value)
        {
            _findings.Error(entry.At, entry.Key, $"'{entry.Text}' does not fit; {setting.Advice}");
            return;
        }

        if (_settings.Written(setting) is { } first)
        {
            NoteTwice(entry, entry.Key, first.KeyAt);
        }

        _settings = _settings.With(setting, value, entry);
    }

    /// <summary>Of two entries with one name the later counts, in the later's place.</summary>
    private void ReadEntries<T>(IniSection section, Func<IniEntry, Findings, T?> read, OrderedDictionary<string, T> entries)
        where T : class, INamedEntry
    {
        foreach (var entry in section.Entries)
        {
            if (read(entry, _findings) is not { } value)
            {
                continue;
            }

            if (entries.Remove(value.Name, out var first))
            {
                NoteTwice(entry, $"{section.Name}.{entry.Key}", first.At);
            }

            entries.Add(value.Name, value);
        }
    }

    private void NoteTwice(IniEntry entry, string path, SourcePosition first) =>
        _findings.Notice(entry.KeyAt, path, $"written twice (first at {first}); this one counts");
}
