using System.Runtime.InteropServices;
using System.Text;

namespace Router.Configuration;

/// <summary>
/// Who may read the file of a private key, by libpq's rule: its owner and nobody else; where root owns it, its group may
/// read it too.
/// </summary>
internal static partial class KeyFileMode
{
    private const UnixFileMode GroupBeyondRead = UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>What is wrong with it; null: nothing, or it is not there, which others tell.</summary>
    public static string? Problem(string path)
    {
        UnixFileMode mode;
        try
        {
            mode = File.GetUnixFileMode(path);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        var isRoots = OwnerOf(path) == 0;
        var tooMuch = Others | GroupBeyondRead | (isRoots ? UnixFileMode.None : UnixFileMode.GroupRead);
        return (mode & tooMuch) == 0
            ? null
            : $"{path} may be read by others than its owner; use 'chmod {(isRoots ? "0640" : "0600")}' or stricter";
    }

    /// <summary>Null where the system does not tell.</summary>
    private static unsafe uint? OwnerOf(string path)
    {
        // struct statx, which is the same on every architecture.
        const int Size = 256;
        const int UserOffset = 20;
        const int CurrentDirectory = -100;
        const uint WantsUser = 0x8;
        var answer = stackalloc byte[Size];
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            return statx(CurrentDirectory, name, 0, WantsUser, answer) == 0 ? *(uint*)(answer + UserOffset) : null;
        }
    }

    [LibraryImport("libc")]
    private static unsafe partial int statx(int directory, byte* path, int flags, uint mask, byte* answer);
}
