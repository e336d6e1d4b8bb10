using System.Globalization;
using System.Runtime.InteropServices;
using Router.Postgres.Processes;

namespace Router.Postgres.Files;

/// <summary>
/// Fills or rewrites a data directory so that at every instant it is whole or marked incomplete: the tool works in a
/// directory inside, and what it made is moved up. Inside, because initdb and pg_basebackup demand an empty directory
/// and the parent need not be ours, and because pg_rewind removes every file that its source does not have, a marker
/// too, before it has written the others.
/// <para>
/// Each attempt has a directory of a name that was never used before. A tool outlives an agent that is killed, and what
/// it still writes must find no directory rather than the one of its successor.
/// </para>
/// </summary>
internal sealed class DirectoryFill(string dataDirectory, TimeProvider time)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Where the tool works; of the attempt begun last.</summary>
    /// <exception cref="InvalidOperationException">Nothing was begun.</exception>
    public string Target
    {
        get => field ?? throw new InvalidOperationException("Nothing was begun that has a directory to work in.");
        private set;
    }

    /// <summary>Empties what an earlier attempt left, marks the directory, and makes room.</summary>
    /// <exception cref="IOException">Disk full, not writable.</exception>
    public void Begin(IncompleteKind kind)
    {
        Target = NewTarget();
#pragma warning disable CA1416 // The agent runs on Linux: rule S16 needs it.
        _ = Directory.CreateDirectory(dataDirectory, Private);
        File.SetUnixFileMode(dataDirectory, Private);
#pragma warning restore CA1416
        IncompleteMarker.Set(dataDirectory, kind);
        foreach (var entry in new DirectoryInfo(dataDirectory).EnumerateFileSystemInfos())
        {
            if (entry.Name == IncompleteMarker.Name)
            {
                continue;
            }

            if (entry is DirectoryInfo { LinkTarget: null } directory)
            {
                directory.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }
    }

    /// <summary>Marks the directory and moves everything but <paramref name="kept"/> to where the tool works.</summary>
    /// <exception cref="IOException">Disk full, not writable.</exception>
    public void BeginRewind(string kept)
    {
        Target = NewTarget();
        IncompleteMarker.Set(dataDirectory, IncompleteKind.Rewind);
#pragma warning disable CA1416 // The agent runs on Linux: rule S16 needs it.
        _ = Directory.CreateDirectory(Target, Private);
#pragma warning restore CA1416
        foreach (var entry in new DirectoryInfo(dataDirectory).EnumerateFileSystemInfos())
        {
            if (entry.Name != IncompleteMarker.Name && entry.FullName != Target && entry.FullName != kept)
            {
                Move(entry.FullName, Path.Combine(Target, entry.Name));
            }
        }
    }

    /// <summary>Moves what the tool made to its place; the marker stays until <see cref="End"/>.</summary>
    public void MoveUp()
    {
        foreach (var entry in new DirectoryInfo(Target).EnumerateFileSystemInfos())
        {
            Move(entry.FullName, Path.Combine(dataDirectory, entry.Name));
        }

        Directory.Delete(Target);
        AtomicFile.FlushDirectory(dataDirectory);
    }

    public void End() => IncompleteMarker.Clear(dataDirectory);

    private string NewTarget() => Path.Combine(dataDirectory, string.Create(
        CultureInfo.InvariantCulture, $".router-new.{Environment.ProcessId}.{time.GetUtcNow().UtcTicks}"));

    /// <summary>File.Move refuses a link to a directory, which pg_wal may be.</summary>
    private static void Move(string from, string to)
    {
        if (Libc.Rename(from, to) != 0)
        {
            throw new IOException($"{from} cannot be moved to {to}: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
    }
}
