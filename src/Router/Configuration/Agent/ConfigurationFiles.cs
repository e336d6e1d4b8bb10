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

        if (Members(path, findings) is not { } files)
        {
            return null;
        }

        var merged = new YamlMapping(new SourcePosition(path, 0, 0), []);
        foreach (var file in files)
        {
            if (ReadOne(file, findings) is { } document)
            {
                merged = merged.Under(document);
            }
        }

        return findings.HasErrors ? null : merged;
    }

    /// <summary>The files of a directory; null where there is none that could be read.</summary>
    private static List<string>? Members(string directory, Findings findings)
    {
        try
        {
            var files = Directory.EnumerateFiles(directory)
                .Where(file => Path.GetExtension(file) is ".yml" or ".yaml")
                .Order(StringComparer.Ordinal)
                .ToList();
            if (files.Count > 0)
            {
                return files;
            }

            Complain(directory, "is a directory without a .yml or .yaml file", findings);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            Complain(directory, WhyUnreadable(unreadable), findings);
        }

        return null;
    }

    private static YamlMapping? ReadOne(string file, Findings findings)
    {
        try
        {
            switch (new FileInfo(file).Length)
            {
                // A pipe or a device has this length too, and to open one may take for ever.
                case 0:
                    Complain(file, "is empty, or not a file; write the configuration into a file", findings);
                    return null;
                case > LengthMax:
                    Complain(file, "is longer than 1 MB; is it a configuration file?", findings);
                    return null;
                default:
                    return YamlReader.Read(file, File.ReadAllText(file), findings);
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            Complain(file, WhyUnreadable(unreadable), findings);
            return null;
        }
    }

    private static string WhyUnreadable(Exception error) => error switch
    {
        FileNotFoundException or DirectoryNotFoundException => "there is no such file",
        UnauthorizedAccessException => $"may not be read by user {Environment.UserName}",
        _ => $"cannot be read: {error.Message}",
    };

    private static void Complain(string path, string sentence, Findings findings) =>
        findings.Error(new SourcePosition(path, 0, 0), "", sentence);
}
