namespace Router.Configuration.Yaml;

/// <summary>A single value as written. Only a plain one (no quotes, no tag) may mean a boolean, a number or null.</summary>
internal sealed record YamlScalar(SourcePosition At, string Text, bool IsPlain) : YamlNode(At)
{
    public bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";

    // The value may be a password, so it stays out of whatever prints the record.
    public override string ToString() => $"scalar at {At}";
}
