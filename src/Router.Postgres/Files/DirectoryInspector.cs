using System.Globalization;
using Router.Cluster.Local;
using Router.Postgres.Processes;

namespace Router.Postgres.Files;

/// <summary>Looks at the data directory and changes nothing.</summary>
internal sealed class DirectoryInspector(string dataDirectory)
{
    private const int NamedMax = 3;

    /// <param name="major">Of the programs; null: not known, and not compared.</param>
    public DirectorySighting Look(int? major)
    {
        try
        {
            return Directory.Exists(dataDirectory) ? LookInside(major) : LookAtParent();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Unusable($"{dataDirectory} cannot be read: {e.Message}");
        }
    }

    private DirectorySighting LookAtParent()
    {
        if (File.Exists(dataDirectory))
        {
            return Unusable($"{dataDirectory} is a file: postgresql.data_dir must name a directory.");
        }

        var parent = Path.GetDirectoryName(Path.GetFullPath(dataDirectory)) ?? "/";
        while (!Directory.Exists(parent))
        {
            parent = Path.GetDirectoryName(parent) ?? "/";
        }

        return Libc.Access(parent, Libc.WriteAccess) == 0
            ? new DirectorySighting(DataDirectoryState.Empty, null)
            : Unusable($"{dataDirectory} cannot be made: {parent} is not writable for this process.");
    }

    private DirectorySighting LookInside(int? major)
    {
        if (WhyNotOurs() is { } reason)
        {
            return Unusable(reason);
        }

        if (IncompleteMarker.Read(dataDirectory) is { } marker)
        {
            return new DirectorySighting(StateOf(marker.Kind), marker.Sentence);
        }

        var version = AtomicFile.ReadOrNull(Path.Combine(dataDirectory, "PG_VERSION"))?.Trim();
        if (version is not null)
        {
            return LookAtVersion(version, major);
        }

        var names = Directory.EnumerateFileSystemEntries(dataDirectory).Select(Path.GetFileName).Take(NamedMax).ToArray();
        return names.Length == 0
            ? new DirectorySighting(DataDirectoryState.Empty, null)
            : Unusable($"{dataDirectory} is no PostgreSQL data directory and not empty ({string.Join(", ", names)}): "
                + "empty it by hand, or correct postgresql.data_dir.");
    }

    private static DataDirectoryState StateOf(IncompleteKind kind) => kind switch
    {
        IncompleteKind.Bootstrap => DataDirectoryState.HalfMade,
        IncompleteKind.Copy => DataDirectoryState.HalfCopied,
        _ => DataDirectoryState.HalfRewound,
    };

    private DirectorySighting LookAtVersion(string version, int? major)
    {
        if (major is { } programs && version != programs.ToString(CultureInfo.InvariantCulture))
        {
            return Unusable($"{dataDirectory} is of PostgreSQL {version}, the programs in postgresql.bin_dir are of "
                + $"{programs.ToString(CultureInfo.InvariantCulture)}: correct bin_dir or upgrade the data.");
        }

        return File.Exists(Path.Combine(dataDirectory, "global", "pg_control"))
            ? new DirectorySighting(DataDirectoryState.Valid, null)
            : Unusable($"{dataDirectory} has no global/pg_control: it is damaged, or a copy that did not end.");
    }

    /// <summary>PostgreSQL refuses a directory of another user, and so do we before anything is written to it.</summary>
    private string? WhyNotOurs()
    {
        var user = Libc.EffectiveUser();
        if (user == 0)
        {
            return "PostgreSQL does not run as root: start the agent as the user that owns the data directory.";
        }

        if (PathOwner.Of(dataDirectory) is { } owner && owner != user)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{dataDirectory} belongs to user {owner} and this process runs as user {user}: change one of them.");
        }

        return Libc.Access(dataDirectory, Libc.WriteAccess) == 0 ? null
            : $"{dataDirectory} is not writable for this process.";
    }

    private static DirectorySighting Unusable(string reason) => new(DataDirectoryState.Unusable, reason);
}
