using System.Globalization;
using Router.Cluster;
using Router.Proxy.Peers;

namespace Router.Configuration.Proxy;

/// <summary>The processes of a group in a <c>router.yml</c>: one section for each, under its <c>peer_id</c>.</summary>
internal static class PeerSection
{
    public const int IdMax = 16_383;

    public static EquatableList<PeerOptions> Read(Section peers)
    {
        var read = new List<PeerOptions>();
        foreach (var key in peers.OwnKeys().Select(static entry => entry.Key).ToArray())
        {
            if (!int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id is < 1 or > IdMax)
            {
                peers.ComplainUnseen(key, $"a peer is known by its peer_id; write a number from 1 to {IdMax} before the colon");
                continue;
            }

            var peer = peers.Child(key);
            var host = peer.RequiredText("host", "write the peer's own host, or the directory of its unix socket");
            var port = peer.Number("port", 6432, 1, 65_535);
            var size = peer.Number("pool_size", 0, 0, 100_000);
            read.Add(new PeerOptions(id, new MemberAddress(host, port), size == 0 ? null : size));
        }

        return read.ToEquatableList();
    }
}
