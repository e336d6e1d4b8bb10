using System.Text;
using Router.Postgres.Fencing;
using Router.Postgres.Processes;

namespace Router.Postgres.Files;

/// <summary>
/// Writes a file whole or not at all: a temporary file beside it, flushed to disk, renamed over it.
/// </summary>
internal static class AtomicFile
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes with mode 0600.</summary>
    /// <exception cref="IOException">Disk full, not writable.</exception>
    public static void Write(string path, string text)
    {
        var temporary = path + ".router-new";
        File.Delete(temporary);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
#pragma warning disable CA1416 // The agent runs on Linux: rule S16 needs it.
            UnixCreateMode = Private,
#pragma warning restore CA1416
        };
        using (var file = new FileStream(temporary, options))
        {
            file.Write(new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        FlushDirectory(Path.GetDirectoryName(path) ?? "/");
    }

    /// <summary>What was created, renamed or removed in a directory survives a power cut only after this.</summary>
    public static unsafe void FlushDirectory(string path)
    {
        fixed (byte* start = Encoding.UTF8.GetBytes(path + '\0'))
        {
            var fd = Kernel.Open(start, Kernel.ReadOnly | Kernel.CloseOnExec);
            if (fd >= 0)
            {
                _ = Libc.Flush(fd);
                _ = Kernel.Close(fd);
            }
        }
    }

    /// <summary>Writes where the text differs; answers whether it did.</summary>
    public static bool WriteIfChanged(string path, string text)
    {
        if (ReadOrNull(path) == text)
        {
            return false;
        }

        Write(path, text);
        return true;
    }

    public static string? ReadOrNull(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
