using Router.Configuration.Yaml;

namespace Router.Configuration.PgBouncer.Ini;

/// <summary>Reads the text of an INI file, and knows one by its looks.</summary>
internal static class IniFiles
{
    /// <summary>A script may write a line for each of many databases; anything longer is another file by mistake.</summary>
    private const long LengthMax = 64 << 20;

    /// <summary>
    /// The text; null where it cannot be read, which is said at <paramref name="askedAt"/>. An empty file is a good one.
    /// </summary>
    public static string? Read(string path, SourcePosition askedAt, Findings findings)
    {
        try
        {
            if (!Directory.Exists(path) && new FileInfo(path).Length is var length and <= LengthMax)
            {
                // A pipe or a device has no length either, and to open one may take for ever.
                return length == 0 ? "" : File.ReadAllText(path);
            }

            findings.Error(askedAt, "", $"{path} is a directory, or longer than {LengthMax >> 20} MiB; is it a configuration file?");
        }
        catch (Exception unreadable) when (unreadable is FileNotFoundException or DirectoryNotFoundException)
        {
            findings.Error(askedAt, "", $"there is no file {path}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException)
        {
            findings.Error(askedAt, "", $"{path} cannot be read: {unreadable.Message}");
        }

        return null;
    }

    /// <summary>By the extension, or by the first line that says something: a header in brackets.</summary>
    public static bool IsIni(string path)
    {
        if (Path.GetExtension(path) == ".ini")
        {
            return true;
        }

        try
        {
            if (!File.Exists(path) || new FileInfo(path).Length is 0 or > LengthMax)
            {
                return false;
            }

            var first = File.ReadLines(path).Select(line => line.Trim())
                .FirstOrDefault(line => line.Length > 0 && line[0] is not ('#' or ';'));
            return first is not null && first[0] == '[' && first.Contains(']', StringComparison.Ordinal);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // Whoever reads it next says so.
            return false;
        }
    }
}
