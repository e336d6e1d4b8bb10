using System.Globalization;
using Router.Cluster;
using Router.Cluster.Local;
using Router.Postgres.Settings;

namespace Router.Postgres.Files;

/// <summary>The output of pg_controldata in the C locale.</summary>
/// <param name="File">What decisions use of it.</param>
/// <param name="SegmentBytes">Of a WAL segment; initdb can choose another than 16 MB.</param>
/// <param name="StandbyMinimums">The primary's settings that a standby must reach, by our names.</param>
internal sealed record ControlData(ControlFile File, int SegmentBytes, IReadOnlyDictionary<string, int> StandbyMinimums)
{
    private const int DefaultSegment = 16 << 20;

    /// <summary>Null when a line that we need is missing.</summary>
    public static ControlData? Parse(string output)
    {
        var lines = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in output.Split('\n'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                lines[line[..colon].Trim()] = line[(colon + 1)..].Trim();
            }
        }

        if (!lines.TryGetValue("Database cluster state", out var state)
            || !SystemIdentifier.TryParse(lines.GetValueOrDefault("Database system identifier"), out var identifier)
            || ReadLsn(lines, "Latest checkpoint location") is not { } checkpoint)
        {
            return null;
        }

        var file = new ControlFile(
            state,
            identifier,
            new Timeline(ReadNumber(lines, "Latest checkpoint's TimeLineID")),
            checkpoint,
            ReadLsn(lines, "Minimum recovery ending location") ?? Lsn.Zero,
            new Timeline(ReadNumber(lines, "Min recovery ending loc's timeline")));
        var segment = ReadNumber(lines, "Bytes per WAL segment");
        return new ControlData(file, segment > 0 ? segment : DefaultSegment, ControlledParameters.StandbyMinimums.ToDictionary(
            pair => pair.Key, pair => ReadNumber(lines, pair.Value), StringComparer.Ordinal));
    }

    private static Lsn? ReadLsn(Dictionary<string, string> lines, string name) =>
        lines.TryGetValue(name, out var text) && Lsn.TryParse(text, out var lsn) ? lsn : null;

    private static int ReadNumber(Dictionary<string, string> lines, string name) =>
        int.TryParse(lines.GetValueOrDefault(name), CultureInfo.InvariantCulture, out var number) ? number : 0;
}
