namespace Router.Postgres.Tools;

/// <summary>
/// Where PostgreSQL's programs are when <c>bin_dir</c> does not say: one directory that has all of those we run. The
/// search path comes first; Debian keeps each version in a directory of its own, of which the newest is taken.
/// </summary>
internal static class BinDirectory
{
    private const string DebianRoot = "/usr/lib/postgresql";

    private static readonly string[] Needed =
        ["postgres", "initdb", "pg_basebackup", "pg_controldata", "pg_rewind", "pg_waldump", "psql"];

    /// <summary>Null where no directory has them all; each program is then looked up by itself.</summary>
    public static string? Find() =>
        Find(Environment.GetEnvironmentVariable("PATH") ?? "", Versions(), File.Exists);

    internal static string? Find(string searchPath, IEnumerable<string> versions, Func<string, bool> exists) =>
        searchPath.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(versions)
            .FirstOrDefault(directory => Needed.All(program => exists(Path.Combine(directory, program))));

    private static IEnumerable<string> Versions() =>
        Directory.Exists(DebianRoot)
            ? Directory.GetDirectories(DebianRoot)
                .OrderByDescending(path => int.TryParse(Path.GetFileName(path), out var version) ? version : 0)
                .Select(path => Path.Combine(path, "bin"))
            : [];
}
