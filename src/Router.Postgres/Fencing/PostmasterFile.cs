using System.Globalization;

namespace Router.Postgres.Fencing;

/// <summary>
/// What the fence needs of postmaster.pid (PostgreSQL's lock file of the data directory): line 1 the process id,
/// negative for a single-user server; line 7 key and id of the shared memory segment.
/// </summary>
internal sealed record PostmasterFile(int Pid, bool IsSingleUser, SharedSegment? Segment)
{
    public const string Name = "postmaster.pid";

    private const int SegmentLine = 6;

    /// <summary>Null when the text is not, or not yet, a lock file: the postmaster writes it in steps.</summary>
    public static PostmasterFile? Parse(string text)
    {
        var lines = text.Split('\n');
        if (!int.TryParse(lines[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var pid)
            || pid is 0 or int.MinValue)
        {
            return null;
        }

        return new PostmasterFile(Math.Abs(pid), pid < 0, ParseSegment(lines));
    }

    private static SharedSegment? ParseSegment(string[] lines)
    {
        if (lines.Length <= SegmentLine)
        {
            return null;
        }

        // Both are printed as unsigned longs; the key is a signed int to the kernel.
        var words = lines[SegmentLine].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 2
            && ulong.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var key)
            && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? new SharedSegment(unchecked((int)key), id)
            : null;
    }
}
