namespace Router.Configuration.Yaml;

/// <summary>A value of a YAML document, with the place where it begins.</summary>
internal abstract record YamlNode(SourcePosition At);
