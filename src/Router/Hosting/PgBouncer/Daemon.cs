using System.Diagnostics;

namespace Router.Hosting.PgBouncer;

/// <summary>
/// Starts this program again in a session of its own, with no terminal, and returns when it serves. A running process of
/// .NET cannot fork.
/// </summary>
internal static class Daemon
{
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    /// <param name="pidFile">Tells when the other one serves.</param>
    /// <param name="arguments">Of this process, behind the name of the command.</param>
    /// <param name="isReboot">It takes over from the process that serves now.</param>
    /// <returns>What was wrong; null where it serves.</returns>
    public static async Task<string?> StartAsync(string pidFile, IReadOnlyList<string> arguments, bool isReboot, TimeProvider time)
    {
        if (pidFile.Length == 0)
        {
            return "daemon needs pidfile configured";
        }

        var former = PidFile.OwnerOf(pidFile);
        if (former is not null && !isReboot)
        {
            return "pidfile exists, another instance running?";
        }

        const string Detached = """exec setsid "$0" "$@" </dev/null >/dev/null 2>&1""";
        var start = new ProcessStartInfo("/bin/sh", ["-c", Detached, Environment.ProcessPath!]);
        foreach (var word in ProgramWords().Concat(["pgbouncer"]).Concat(arguments.Where(static word => !IsDaemonOption(word))))
        {
            start.ArgumentList.Add(word);
        }

        using var process = Process.Start(start);
        var begin = time.GetTimestamp();
        while (process is not null && time.GetElapsedTime(begin) < Bound)
        {
            if (PidFile.OwnerOf(pidFile) is { } owner && owner != former)
            {
                return null;
            }

            if (process.HasExited)
            {
                return "the background process ended before it served; see logfile";
            }

            await Task.Delay(LookPeriod, time);
        }

        return "the background process does not serve; see logfile";
    }

    /// <summary>Where the program is run by <c>dotnet</c>, the assembly is the first word.</summary>
    private static IEnumerable<string> ProgramWords() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];

    private static bool IsDaemonOption(string word) => word is "-d" or "--daemon";
}
