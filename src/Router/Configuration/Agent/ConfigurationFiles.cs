using Router.Configuration.Yaml;

namespace Router.Configuration.Agent;

/// <summary>Reads a file, or every <c>*.yml</c> and <c>*.yaml</c> of a directory, the later name over the earlier.</summary>
internal static class ConfigurationFiles
{
    // A configuration is written by people; anything longer is another file by mistake.
    private const long LengthMax = 1 << 20;

    public static YamlMapping? Read(string path, Findings findings)
    {
        if (!Directory.Exists(path))
        {
            return ReadOne(path, findings);
        }

        var merged = new YamlMapping(new SourcePosition(path, 0, 0), []);
        foreach (var file in Directory.EnumerateFiles(path)
            .Where(file => Path.GetExtension(file) is ".yml" or ".yaml")
            .Order(StringComparer.Ordinal))
        {
            if (ReadOne(file, findings) is { } document)
            {
                merged = merged.Under(document);
            }
        }

        return merged;
    }

    private static YamlMapping? ReadOne(string file, Findings findings)
    {
        try
        {
            if (new FileInfo(file).Length <= LengthMax)
            {
                return YamlReader.Read(file, File.ReadAllText(file), findings);
            }

            findings.Error(new SourcePosition(file, 0, 0), "", "is longer than 1 MB; is it a configuration file?");
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            findings.Error(new SourcePosition(file, 0, 0), "", $"cannot be read: {missing.Message}");
        }

        return null;
    }
}
