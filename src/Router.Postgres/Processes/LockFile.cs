using System.Globalization;

namespace Router.Postgres.Processes;

/// <summary>
/// postmaster.pid as the agent reads it: process, data directory, port, socket directory, listen address, and the word
/// in which the postmaster says what it does.
/// </summary>
internal sealed record LockFile(
    int Pid, string DataDirectory, int Port, string SocketDirectory, string ListenAddress, string Status)
{
    public const string Name = "postmaster.pid";

    private const int LinesMin = 5;

    /// <summary>Accepts sessions, as primary or as a hot standby.</summary>
    public bool IsReady => Status is "ready" or "standby";

    public bool IsStopping => Status == "stopping";

    /// <summary>Null when the text is not, or not yet, a postmaster's lock file; it is written in steps.</summary>
    public static LockFile? Parse(string text)
    {
        var lines = text.Split('\n');
        if (lines.Length < 2
            || !int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            || pid <= 0)
        {
            return null;
        }

        var port = lines.Length >= LinesMin
            && int.TryParse(lines[3], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        return new LockFile(pid, lines[1], port, Line(lines, 4), Line(lines, 5), Line(lines, 7));
    }

    private static string Line(string[] lines, int index) => index < lines.Length ? lines[index].Trim() : "";
}
