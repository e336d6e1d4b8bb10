namespace Router.Agent;

/// <summary>
/// One agent per data directory (rule S18): an advisory lock on a file of the runtime directory, held for the process's
/// life and given back by the kernel however it ends.
/// </summary>
public sealed class DataDirectoryLock : IDisposable
{
    private readonly FileStream _file;

    private DataDirectoryLock(FileStream file) => _file = file;

    /// <summary>Takes the lock, or answers null where another agent holds it.</summary>
    /// <exception cref="UnauthorizedAccessException">The file cannot be opened.</exception>
    public static DataDirectoryLock? TryTake(string path)
    {
        try
        {
            // FileShare.None is flock(LOCK_EX | LOCK_NB) on Linux.
            return new DataDirectoryLock(
                new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose() => _file.Dispose();
}
