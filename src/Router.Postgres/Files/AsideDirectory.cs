using System.Globalization;

namespace Router.Postgres.Files;

/// <summary>
/// Where a data directory goes that a copy is to replace: beside it, under the time at which it went. What it held may
/// be there nowhere else, so that it is never removed before a copy is there; then only the newest is kept, and the
/// disk does not fill up.
/// </summary>
internal sealed class AsideDirectory(string dataDirectory, TimeProvider time)
{
    private const string Stamp = "yyyyMMdd-HHmmss-fff";

    private readonly string _prefix = dataDirectory.TrimEnd('/') + ".failed-";

    /// <summary>Renames the data directory; answers its new path.</summary>
    /// <exception cref="IOException">It is a mount point, for one.</exception>
    public string Take()
    {
        var aside = _prefix + time.GetUtcNow().ToString(Stamp, CultureInfo.InvariantCulture);
        Directory.Move(dataDirectory, aside);
        return aside;
    }

    /// <summary>
    /// Removes all but the newest; a sentence, beginning with a space, of what was removed, or of why it could not be.
    /// </summary>
    public string Prune()
    {
        try
        {
            var old = Find().SkipLast(1).ToArray();
            foreach (var directory in old)
            {
                Directory.Delete(directory, recursive: true);
            }

            return old.Length == 0 ? "" : $" Removed what had been set aside earlier: {string.Join(", ", old)}.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $" What had been set aside earlier could not be removed: {e.Message}";
        }
    }

    /// <summary>Oldest first. Only names that this class gives: what a person put beside them is theirs.</summary>
    private IEnumerable<string> Find() =>
        Directory.EnumerateDirectories(Path.GetDirectoryName(_prefix)!, Path.GetFileName(_prefix) + "*")
            .Where(path => DateTime.TryParseExact(
                path[_prefix.Length..], Stamp, CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            .Order(StringComparer.Ordinal);
}
