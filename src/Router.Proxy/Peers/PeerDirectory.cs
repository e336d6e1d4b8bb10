using System.Collections.Concurrent;

namespace Router.Proxy.Peers;

/// <summary>The peers of the options in force, and what is on its way to them. Callable from any thread.</summary>
internal sealed class PeerDirectory(LiveOptions options)
{
    private readonly ConcurrentDictionary<int, PeerPool> _pools = new();

    /// <summary>All but ourselves, by id.</summary>
    public IEnumerable<PeerPool> All => options.Now.Peers
        .Where(peer => peer.Id != options.Now.PeerId)
        .OrderBy(static peer => peer.Id)
        .Select(PoolOf);

    /// <summary>Null where no peer of the group has this id, or we are it.</summary>
    public PeerPool? Find(int id) => options.Now is { PeerId: > 0 } now && id != now.PeerId
        && now.Peers.FirstOrDefault(peer => peer.Id == id) is { } peer ? PoolOf(peer) : null;

    /// <summary>A peer whose settings have changed has a new pool; what is under way goes on in the former one.</summary>
    private PeerPool PoolOf(PeerOptions peer)
    {
        var size = Math.Max(1, peer.PoolSize ?? options.Now.Pool?.PoolSize ?? 1);
        return _pools.AddOrUpdate(
            peer.Id,
            _ => new PeerPool(peer, size),
            (_, pool) => pool.Options == peer && pool.Size == size ? pool : new PeerPool(peer, size));
    }
}
