using System.Globalization;

namespace Router.Hosting.PgBouncer;

/// <summary>The file that tells others which process this is; disposing removes it.</summary>
internal sealed class PidFile : IDisposable
{
    private readonly string _path;

    private PidFile(string path) => _path = path;

    /// <summary>Makes the file; one that a dead process left behind is replaced.</summary>
    /// <param name="predecessor">A process that lives and is followed by this one; null: there is none.</param>
    /// <returns>Null where the path is empty.</returns>
    /// <exception cref="IOException">Another process lives, or the file cannot be made; says which.</exception>
    public static PidFile? Create(string path, int? predecessor = null)
    {
        if (path.Length == 0)
        {
            return null;
        }

        if (predecessor is null || OwnerOf(path) != predecessor)
        {
            ThrowIfTaken(path);
        }

        try
        {
            File.Delete(path);
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            using var writer = new StreamWriter(file);
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n"));
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new IOException($"could not open pidfile '{path}': {denied.Message}", denied);
        }

        return new PidFile(path);
    }

    /// <exception cref="IOException">The process that it names lives.</exception>
    public static void ThrowIfTaken(string path)
    {
        if (OwnerOf(path) is { } owner)
        {
            throw new IOException($"pidfile exists, another instance running? ({path} names process {owner})");
        }
    }

    /// <summary>The living process that the file names; null where there is none.</summary>
    public static int? OwnerOf(string path) =>
        File.Exists(path) && int.TryParse(File.ReadAllText(path), CultureInfo.InvariantCulture, out var owner)
        && Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{owner}"))
            ? owner
            : null;

    public void Dispose()
    {
        try
        {
            // It may be the file of a process that follows this one.
            if (OwnerOf(_path) == Environment.ProcessId)
            {
                File.Delete(_path);
            }
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // The next start finds that its owner is dead.
        }
    }
}
