using System.Runtime.InteropServices;

namespace Router.Hosting.PgBouncer;

/// <summary>The system's accounts and groups, and who this process is.</summary>
internal static partial class Accounts
{
    /// <summary>The number of the account that the process runs as.</summary>
    public static uint Current => geteuid();

    /// <summary>Runs as this account from here on, with its groups. Only root can.</summary>
    /// <returns>What was wrong; null where it worked.</returns>
    public static string? SwitchTo(string name)
    {
        if (Find(getpwnam(name)) is not var (user, group))
        {
            return $"could not find user '{name}' to switch to";
        }

        return initgroups(name, group) != 0 || setgid(group) != 0 || setuid(user) != 0
            ? $"failed to assume identity of user '{name}': {Marshal.GetLastPInvokeErrorMessage()}"
            : null;
    }

    /// <summary>Gives a file to a group.</summary>
    /// <returns>What was wrong; null where it worked.</returns>
    public static string? GiveToGroup(string path, string name)
    {
        if (Find(getgrnam(name)) is not var (group, _))
        {
            return $"unix_socket_group: there is no group '{name}'";
        }

        const uint Unchanged = uint.MaxValue;
        return chown(path, Unchanged, group) != 0
            ? $"unix_socket_group: {path} cannot be given to {name}: {Marshal.GetLastPInvokeErrorMessage()}"
            : null;
    }

    /// <summary>The first two numbers of a passwd or group entry, which stand behind its name and password.</summary>
    private static (uint First, uint Second)? Find(nint entry) => entry == 0
        ? null
        : ((uint)Marshal.ReadInt32(entry, 2 * nint.Size), (uint)Marshal.ReadInt32(entry, 2 * nint.Size + sizeof(uint)));

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint getpwnam(string name);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint getgrnam(string name);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int initgroups(string name, uint group);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setgid(uint group);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setuid(uint user);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int chown(string path, uint user, uint group);
}
