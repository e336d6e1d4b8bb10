namespace Router.Configuration.Yaml;

/// <summary>A key of a mapping, where the key stands, and its value.</summary>
internal sealed record YamlEntry(string Key, SourcePosition At, YamlNode Value);
