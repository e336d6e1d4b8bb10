using Router.Configuration.Yaml;
using Router.Proxy.Authentication.Hba;

namespace Router.Configuration;

/// <summary>The HBA file with the ident file and what they include, from the disk.</summary>
internal static class HbaFile
{
    /// <summary>Written by people; anything longer is another file by mistake.</summary>
    private const long LengthMax = 16 << 20;

    /// <param name="identPath">Null: there is none.</param>
    /// <param name="key">The setting, for the findings.</param>
    public static HbaRules Read(string path, string? identPath, string key, Findings findings)
    {
        var rules = new HbaReader(TextOf, finding => findings.Error(
            new SourcePosition(finding.Path, finding.Line, finding.Line > 0 ? 1 : 0), key, finding.Sentence)).Read(path, identPath);
        if (rules.Count == 0 && !findings.HasErrors)
        {
            findings.Warning(new SourcePosition(path, 0, 0), key, "has no line, so nobody is let in");
        }

        return rules;
    }

    private static (string? Text, string? Problem) TextOf(string path)
    {
        try
        {
            return new FileInfo(path).Length <= LengthMax
                ? (File.ReadAllText(path), null)
                : (null, $"is longer than {LengthMax >> 20} MiB");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return (null, $"cannot be read: {unreadable.Message}");
        }
    }
}
