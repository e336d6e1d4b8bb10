using Router.Configuration.Yaml;

namespace Router.Configuration.PgBouncer.Ini;

/// <summary>A key and its value as written, and where each of the two begins.</summary>
internal sealed record IniEntry(string Key, SourcePosition KeyAt, string Text, SourcePosition At)
{
    // The value may be, or hold, a password, so it stays out of whatever prints the record.
    public override string ToString() => $"{Key} at {At}";
}
