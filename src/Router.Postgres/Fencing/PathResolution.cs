namespace Router.Postgres.Fencing;

/// <summary>A path with every symbolic link resolved, as /proc shows working directories.</summary>
public static class PathResolution
{
    private const int LinksMax = 40;

    /// <summary>Parts that do not exist stay as they are.</summary>
    /// <exception cref="IOException">A link cannot be read, or they form a loop.</exception>
    public static string Resolve(string path)
    {
        var full = Path.GetFullPath(path);
        for (var links = 0; links < LinksMax; links++)
        {
            if (FirstLink(full) is not var (link, tail))
            {
                return full.Length > 1 ? full.TrimEnd('/') : full;
            }

            var target = new DirectoryInfo(link).LinkTarget!;
            var parent = Path.GetDirectoryName(link) ?? "/";
            full = Path.GetFullPath(Path.Combine(parent, target, tail));
        }

        throw new IOException($"{path} has more than {LinksMax} symbolic links.");
    }

    private static (string Link, string Tail)? FirstLink(string full)
    {
        for (var end = full.IndexOf('/', 1); ; end = full.IndexOf('/', end + 1))
        {
            var prefix = end < 0 ? full : full[..end];
            if (prefix.Length > 1 && new DirectoryInfo(prefix).LinkTarget is not null)
            {
                return (prefix, end < 0 ? string.Empty : full[(end + 1)..]);
            }

            if (end < 0)
            {
                return null;
            }
        }
    }
}
