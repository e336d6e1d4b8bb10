using System.Collections.Immutable;
using Router.Configuration.Yaml;

namespace Router.Configuration.Agent;

/// <summary>Turns <c>PATRONI_*</c> variables into the document that is laid over the file (configuration.md 2).</summary>
internal static class PatroniEnvironment
{
    private const string Prefix = "PATRONI_";

    private static readonly ImmutableDictionary<string, ImmutableArray<string>> Sections =
        new Dictionary<string, ImmutableArray<string>>
        {
            ["RESTAPI_"] = ["restapi"],
            ["CTL_"] = ["ctl"],
            ["POSTGRESQL_BIN_"] = ["postgresql", "bin_name"],
            ["POSTGRESQL_"] = ["postgresql"],
            ["REPLICATION_"] = ["postgresql", "authentication", "replication"],
            ["SUPERUSER_"] = ["postgresql", "authentication", "superuser"],
            ["REWIND_"] = ["postgresql", "authentication", "rewind"],
            ["ETCD_"] = ["etcd"],
            ["ETCD3_"] = ["etcd3"],
            ["LOG_"] = ["log"],
        }.ToImmutableDictionary();

    private static readonly ImmutableArray<string> Top =
        ["NAME", "NAMESPACE", "SCOPE", "THREAD_POOL_SIZE", "THREAD_STACK_SIZE"];

    private static readonly ImmutableArray<string> Lists = ["allowlist", "hosts"];

    private static readonly ImmutableArray<string> Maps =
        ["http_extra_headers", "https_extra_headers", "static_fields", "loggers"];

    /// <summary>Takes the variables out of this process, so that no program that it starts inherits a password.</summary>
    public static IReadOnlyDictionary<string, string> TakeFromProcess()
    {
        var taken = new Dictionary<string, string>();
        foreach (var name in Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            taken[name] = Environment.GetEnvironmentVariable(name) ?? "";
            Environment.SetEnvironmentVariable(name, null);
        }

        return taken;
    }

    public static YamlMapping Read(IReadOnlyDictionary<string, string> environment, Findings findings)
    {
        var overlay = new YamlMapping(new SourcePosition("environment", 0, 0), []);
        foreach (var (name, text) in environment.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal) || text.Length == 0 || name == "PATRONI_CONFIGURATION")
            {
                continue;
            }

            var at = new SourcePosition($"environment {name}", 0, 0);
            if (PathOf(name[Prefix.Length..]) is not { } path)
            {
                findings.Warning(at, "", "no setting has this name; ignored");
            }
            else if (Value(at, path[^1], text, findings) is { } value)
            {
                overlay = overlay.Under(Nested(at, path, value));
            }
        }

        return overlay;
    }

    private static ImmutableArray<string>? PathOf(string name)
    {
        if (Top.Contains(name))
        {
            return [name.ToLowerInvariant()];
        }

        var prefix = Sections.Keys
            .Where(candidate => name.StartsWith(candidate, StringComparison.Ordinal) && name != "POSTGRESQL_BIN_DIR")
            .OrderByDescending(candidate => candidate.Length)
            .FirstOrDefault();
        if (name == "POSTGRESQL_BIN_DIR")
        {
            return ["postgresql", "bin_dir"];
        }

        if (prefix is null)
        {
            return null;
        }

        var key = name[prefix.Length..].ToLowerInvariant();
        return prefix is "RESTAPI_" or "CTL_" && key is "username" or "password"
            ? Sections[prefix].Add("authentication").Add(key)
            : Sections[prefix].Add(key);
    }

    /// <summary>Lists and mappings may be YAML, or its inner part without the brackets.</summary>
    private static YamlNode? Value(SourcePosition at, string key, string text, Findings findings)
    {
        if (Lists.Contains(key))
        {
            var isYaml = text.TrimStart().StartsWith('-') || text.Contains('[', StringComparison.Ordinal);
            return Embedded(at, isYaml ? text : $"[{text}]", findings);
        }

        if (Maps.Contains(key))
        {
            return Embedded(at, text.TrimStart().StartsWith('{') ? text : $"{{{text}}}", findings);
        }

        return new YamlScalar(at, text, IsPlain: true);
    }

    private static YamlNode? Embedded(SourcePosition at, string text, Findings findings) =>
        YamlReader.Read(at.Source, $"value:\n  {text.ReplaceLineEndings("\n  ")}", findings)?.Find("value")?.Value;

    private static YamlMapping Nested(SourcePosition at, ImmutableArray<string> path, YamlNode value)
    {
        var node = value;
        for (var i = path.Length - 1; i >= 0; i--)
        {
            node = new YamlMapping(at, [new YamlEntry(path[i], at, node)]);
        }

        return (YamlMapping)node;
    }
}
