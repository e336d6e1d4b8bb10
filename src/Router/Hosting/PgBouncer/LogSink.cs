using System.Text;

namespace Router.Hosting.PgBouncer;

/// <summary>
/// Where lines of the log go: to a file, to another writer beside it, or to both. The file can be opened anew, for whoever
/// has moved it away.
/// </summary>
internal sealed class LogSink(TextWriter? beside) : TextWriter
{
    private readonly Lock _lock = new();
    private StreamWriter? _file;

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>Writes to this file from now on; to none where the path is empty.</summary>
    /// <exception cref="IOException">It cannot be opened; the lines go on where they went.</exception>
    public void Open(string path)
    {
        try
        {
            var next = path.Length == 0 ? null : new StreamWriter(
                new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete), new UTF8Encoding(false));
            lock (_lock)
            {
                _file?.Dispose();
                _file = next;
            }
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new IOException($"could not open logfile '{path}': {denied.Message}", denied);
        }
    }

    public override void Write(char value) => throw new NotSupportedException("lines only");

    public override Task WriteLineAsync(string? value)
    {
        lock (_lock)
        {
            _file?.Write($"{value}\n");
            beside?.Write($"{value}\n");
        }

        return Task.CompletedTask;
    }

    public override Task FlushAsync()
    {
        lock (_lock)
        {
            _file?.Flush();
            beside?.Flush();
        }

        return Task.CompletedTask;
    }

    protected override void Dispose(bool disposing)
    {
        lock (_lock)
        {
            _file?.Dispose();
            _file = null;
        }

        base.Dispose(disposing);
    }
}
