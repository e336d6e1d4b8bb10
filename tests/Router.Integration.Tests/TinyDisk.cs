namespace Router.Integration.Tests;

/// <summary>A directory on a small disk of its own, in memory, that a test fills and frees. Only root may make one.</summary>
internal sealed class TinyDisk : IAsyncDisposable
{
    private readonly string _directory;

    private TinyDisk(string directory) => _directory = directory;

    private string Ballast => Path.Combine(_directory, "ballast");

    /// <param name="directory">The mount point; made if it is not there.</param>
    /// <param name="size">As mount takes it.</param>
    public static async Task<TinyDisk> MountAsync(string directory, string size)
    {
        Directory.CreateDirectory(directory);
        var (code, output) = await RouterCommand.RunAsIsAsync(
            "mount", "-t", "tmpfs", "-o", $"size={size},uid=postgres,gid=postgres,mode=700", "tmpfs", directory);
        return code == 0 ? new TinyDisk(directory) : throw new IOException(output);
    }

    /// <summary>Until not a page is left.</summary>
    public void Fill()
    {
        using var file = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var page = new byte[Environment.SystemPageSize];
        try
        {
            while (true)
            {
                file.Write(page);
            }
        }
        catch (IOException)
        {
            // That is what was wanted.
        }
    }

    public void Free() => File.Delete(Ballast);

    public async ValueTask DisposeAsync() => _ = await RouterCommand.RunAsIsAsync("umount", "-l", _directory);
}
