using System.Globalization;
using System.Runtime.InteropServices;

namespace Router.Demo;

/// <summary>
/// Everything that runs for one member: agent, guard, postmaster and backends. A node that loses its power takes all of
/// them along, so the demo kills all of them at once.
/// </summary>
internal static partial class MemberProcesses
{
    public const int Terminate = 15;

    private const int KillNow = 9;

    /// <summary>SIGKILL to each process whose command line names <paramref name="directory"/> or that works in it.</summary>
    public static void KillAll(string directory)
    {
        // Whoever was born while the first scan ran is found by the second.
        for (var scan = 0; scan < 3; scan++)
        {
            foreach (var pid in Find(directory))
            {
                Signal(pid, KillNow);
            }
        }
    }

    public static IReadOnlyList<int> Find(string directory)
    {
        var found = new List<int>();
        foreach (var entry in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(entry), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && pid != Environment.ProcessId
                && BelongsTo(entry, directory))
            {
                found.Add(pid);
            }
        }

        return found;
    }

    public static void Signal(int pid, int signal) => _ = Kill(pid, signal);

    private static bool BelongsTo(string entry, string directory)
    {
        try
        {
            var command = File.ReadAllText(Path.Combine(entry, "cmdline"));
            var works = new FileInfo(Path.Combine(entry, "cwd")).LinkTarget;
            return command.Contains(directory + "/", StringComparison.Ordinal)
                || works == directory
                || works?.StartsWith(directory + "/", StringComparison.Ordinal) is true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone meanwhile, or somebody else's.
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
