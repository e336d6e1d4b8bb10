using System.Globalization;
using Router.Cluster;

namespace Router.Postgres.History;

/// <summary>Where a checkpoint's WAL record ends, from pg_waldump's line; pure.</summary>
internal static class CheckpointRecord
{
    private const int PageSize = 8192;
    private const int ShortHeader = 24;
    private const int LongHeader = 40;
    private const int Alignment = 8;

    /// <summary><c>rmgr: XLOG len (rec/tot): 114/ 114, tx: 0, lsn: 0/01741570, …</c>; null when it does not parse.</summary>
    public static Lsn? EndOf(string line, Lsn start, long segmentBytes)
    {
        var slash = line.IndexOf("len (rec/tot):", StringComparison.Ordinal);
        slash = slash < 0 ? -1 : line.IndexOf('/', slash + "len (rec/tot):".Length);
        var comma = slash < 0 ? -1 : line.IndexOf(',', slash);
        return comma > 0
            && line.Contains("CHECKPOINT_SHUTDOWN", StringComparison.Ordinal)
            && int.TryParse(line.AsSpan(slash + 1, comma - slash - 1).Trim(), NumberStyles.None,
                CultureInfo.InvariantCulture, out var length)
            ? EndOf(start, length, segmentBytes)
            : null;
    }

    /// <summary>A record goes on behind the header of each page that it reaches into.</summary>
    internal static Lsn EndOf(Lsn start, int length, long segmentBytes)
    {
        var at = start.Value;
        long left = length;
        while (true)
        {
            var room = PageSize - (at % PageSize);
            if (left <= room)
            {
                return new Lsn((at + left + Alignment - 1) / Alignment * Alignment);
            }

            left -= room;
            at += room;
            at += at % segmentBytes == 0 ? LongHeader : ShortHeader;
        }
    }
}
