using System.Collections.Immutable;

namespace Router.Configuration.Yaml;

internal sealed record YamlSequence(SourcePosition At, ImmutableArray<YamlNode> Items) : YamlNode(At);
