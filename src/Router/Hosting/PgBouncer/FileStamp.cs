namespace Router.Hosting.PgBouncer;

/// <summary>By what a changed file is known.</summary>
internal readonly record struct FileStamp(DateTime WrittenUtc, long Length)
{
    /// <summary>The same for every file that is not there.</summary>
    public static FileStamp Of(string path)
    {
        var file = path.Length == 0 ? null : new FileInfo(path);
        return file is { Exists: true } ? new FileStamp(file.LastWriteTimeUtc, file.Length) : default;
    }
}
