using System.Globalization;
using Router.Configuration.PgBouncer.Ini;

namespace Router.Configuration.PgBouncer.Entries;

/// <summary>Reads the entries of <c>[peers]</c>.</summary>
internal static class PeerSection
{
    /// <summary>Null where it is no good.</summary>
    public static PeerEntry? Read(IniEntry entry, Findings findings)
    {
        var path = $"peers.{entry.Key}";
        if (!int.TryParse(entry.Key, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            || id is < 1 or > ushort.MaxValue)
        {
            findings.Error(entry.KeyAt, path, "a peer is known by its peer_id; write a number from 1 to 65535 before the '='");
            return null;
        }

        if (EntryFields.Of(entry, path, findings) is not { } fields)
        {
            return null;
        }

        var peer = new PeerEntry
        {
            Id = id,
            At = entry.KeyAt,
            Written = fields.Pairs,
            Host = fields.Text("host") ?? "",
            Port = fields.Port("port", 6432),
            PoolSize = fields.Number("pool_size"),
        };
        fields.Require("host", entry.KeyAt, "name the peer's host, or the directory of its unix socket");
        fields.ReportUnknown();
        return fields.IsGood ? peer : null;
    }
}
