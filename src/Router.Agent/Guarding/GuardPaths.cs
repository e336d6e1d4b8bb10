using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Router.Postgres.Fencing;

namespace Router.Agent.Guarding;

/// <summary>
/// Where the guard of one data directory is found: by the hash of the directory's real path, in a directory that only
/// this user may enter. The place must be memory (tmpfs): the guard writes there while a disk hangs, and what lies
/// there must not outlive the boot whose clock it names.
/// </summary>
public sealed record GuardPaths(string Socket, string Lock, string Record)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const int HashLength = 16;

    /// <param name="dataDirectory">The instance's.</param>
    /// <param name="socketDirectory">As configured; null: the first usable of $XDG_RUNTIME_DIR, /run, /dev/shm.</param>
    /// <exception cref="IOException">No directory can be used; the message says which and why.</exception>
    public static GuardPaths For(string dataDirectory, string? socketDirectory)
    {
        var path = Encoding.UTF8.GetBytes(PathResolution.Resolve(dataDirectory));
        var name = Convert.ToHexStringLower(SHA256.HashData(path))[..HashLength];
        var directory = Open(socketDirectory);
        return new GuardPaths(
            $"{directory}/guard-{name}.sock", $"{directory}/guard-{name}.lock", $"{directory}/guard-{name}.deadline");
    }

    private static string Open(string? configured)
    {
        if (configured is not null)
        {
            return TryOpen(configured, out var reason)
                ? Path.GetFullPath(configured)
                : throw new IOException($"The guard cannot use {configured}: {reason}");
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"router-{GuardKernel.EffectiveUid()}");
        string?[] parents = [Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR"), "/run", "/dev/shm"];
        var reasons = new List<string>();
        foreach (var parent in parents.Where(Directory.Exists))
        {
            var directory = Path.Combine(parent!, name);
            if (TryOpen(directory, out var reason))
            {
                return directory;
            }

            reasons.Add($"{directory}: {reason}");
        }

        throw new IOException(
            $"The guard finds no directory in memory; set --socket-dir to one. {string.Join("; ", reasons)}");
    }

    private static bool TryOpen(string directory, out string reason)
    {
        try
        {
#pragma warning disable CA1416 // The guard needs Linux throughout.
            _ = Directory.CreateDirectory(directory, OwnerOnly);
            if ((File.GetUnixFileMode(directory) & ~OwnerOnly) != 0)
#pragma warning restore CA1416
            {
                reason = "others than its owner may enter it; it must have mode 0700";
                return false;
            }

            // Somebody else's directory of that name would let us through the check above, but not write.
            File.WriteAllBytes(Path.Combine(directory, ".probe"), []);
            reason = string.Empty;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            reason = e.Message;
            return false;
        }
    }
}
